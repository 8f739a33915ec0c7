import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appFolder } from '../app-folder.mjs'
import { readmeBlock } from '../readme-block.mjs'
import { run } from '../run.mjs'

const NEXT = '16.4.6'
const KEY = "trip/a b & c+d/Ümläut 日本/100%2Foff;#1='(x)'.bin"
const CONTENT = new Uint8Array([0xff, 0x00, 0x80, 0x22, 0xc3, 0x28])

/** A page with the hooks, and the route handler that the README of backend shows. */
export const next = {
  name: 'Next',
  async prepare(world) {
    const folder = await appFolder(world, 'next', ['core', 'transport-fetch', 'react', 'backend'], {
      '@types/node': '20.19.9',
      '@types/react': '19.3.0',
      next: NEXT,
      react: '19.3.1',
      'react-dom': '19.3.1',
      typescript: '5.9.3',
    })
    const route = join(folder, 'app/uploads/[...path]')
    mkdirSync(route, { recursive: true })
    writeFileSync(join(route, 'route.ts'), readmeBlock('backend', 'app/uploads/[...path]/route.ts'))
    writeFileSync(join(folder, 'next.config.ts'), readmeBlock('backend', 'next.config.ts'))
    return folder
  },
  async check(folder) {
    await run('npx', ['next', 'build'], folder)
    const { origin, stop } = await serve(folder)
    try {
      const page = await fetch(origin)
      assert.equal(page.status, 200)
      assert.match(await page.text(), /<input type="file"/)
      const object = join(folder, 'uploads/objects', KEY)
      for (const slash of ['', '/']) {
        await upload(`${origin}/uploads`, slash)
        assert.deepEqual(new Uint8Array(readFileSync(object)), CONTENT)
        rmSync(object)
      }
      await refuseStrangers(origin)
    } finally {
      await stop()
    }
    return `${NEXT}: builds; its route takes a file, with slashes and without`
  },
}

/** Starts the built app; resolves with its origin and what stops it. */
async function serve(folder) {
  const bin = join(folder, 'node_modules/next/dist/bin/next')
  const child = spawn(process.execPath, [bin, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  })
  // Asked for only when it is stopped, this would never come of one that has ended by then.
  const closed = once(child, 'close')
  const stop = async () => {
    child.kill()
    await closed
  }
  const port = await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const found = /127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.on('close', () => reject(new Error(`next start ended: ${text}`)))
  })
  return { origin: `http://127.0.0.1:${port}`, stop }
}

/** Sends a file in two parts, as clients do. */
async function upload(base, slash) {
  const post = async (path, body) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ann' }
    const init = { method: 'POST', headers, redirect: 'manual', body: JSON.stringify(body) }
    const response = await fetch(base + path, init)
    const text = await response.text()
    assert.equal(response.status, 200, `${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
  const file = { fileName: 'a.bin', fileHash: '0123456789abcdef', fileSize: CONTENT.length }
  const { key, uploadId, partSize } = await post(`/start${slash}`, file)
  assert.equal(key, KEY)
  const { urls } = await post(`/urls${slash}`, { key, uploadId, parts: [1, 2] })
  const parts = []
  for (const [PartNumber, url] of Object.entries(urls)) {
    const end = PartNumber * partSize
    const body = CONTENT.subarray(end - partSize, end)
    const response = await fetch(url, { method: 'PUT', body })
    assert.equal(response.status, 200, await response.text())
    parts.push({ PartNumber: Number(PartNumber), ETag: response.headers.get('etag') })
  }
  const path = [uploadId, ...key.split('/')].map(encodeURIComponent).join('/')
  assert.deepEqual(await post(`/complete/${path}`, { parts }), { key: KEY })
}

async function refuseStrangers(origin) {
  const refused = await fetch(`${origin}/uploads/start`, { method: 'POST', body: '{}' })
  assert.equal(refused.status, 401)
  assert.equal((await refused.json()).code, 'Unauthorized')
  const preflight = await fetch(`${origin}/uploads/start/`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'POST' },
  })
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
}
