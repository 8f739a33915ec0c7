// Does what the README tells users of Next to do, as they would: packs this package, builds an app with
// a route handler in an empty folder, and sends a file through `next start`, with and without a slash at
// the end of the endpoints. Needs the registry, or npm's cache of it.
// node packages/backend/scripts/next-check.mjs
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEXT = '16.4.6'
const REACT = '19.3.1'
const KEY = "trip/a b & c+d/Ümläut 日本/100%2Foff;#1='(x)'.bin"
const CONTENT = new Uint8Array([0xff, 0x00, 0x80, 0x22, 0xc3, 0x28])

const packages = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(packages, 'backend/README.md'), 'utf8')

/** A code block of the README, by the file name in its first line. */
function blockOf(name) {
  const start = readme.indexOf(`\`\`\`ts\n// ${name}\n`)
  assert.notEqual(start, -1, `The README has no code block for ${name}`)
  return readme.slice(start + '```ts\n'.length, readme.indexOf('\n```', start + 5) + 1)
}

function run(command, args, cwd) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (error) throw error
  assert.equal(status, 0, `${command} ${args[0]} ended with ${status}`)
}

/** Starts the built app; resolves with its origin and what stops it. */
async function serve(folder) {
  const bin = join(folder, 'node_modules/next/dist/bin/next')
  const child = spawn(process.execPath, [bin, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1]
    if (port === undefined) continue
    const stop = async () => {
      child.kill()
      await once(child, 'close')
    }
    return { origin: `http://127.0.0.1:${port}`, stop }
  }
  throw new Error(`next start ended: ${text}`)
}

/** Sends a file in two parts, as clients do. */
async function upload(base, slash) {
  const post = async (path, body) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ann' }
    const init = { method: 'POST', headers, redirect: 'manual', body: JSON.stringify(body) }
    const response = await fetch(base + path, init)
    assert.equal(
      response.status,
      200,
      `${path}: ${response.status} ${await response.clone().text()}`,
    )
    return response.json()
  }
  const file = { fileName: 'a.bin', fileHash: '0123456789abcdef', fileSize: CONTENT.length }
  const { key, uploadId, partSize } = await post(`/start${slash}`, file)
  assert.equal(key, KEY)
  const { urls } = await post(`/urls${slash}`, { key, uploadId, parts: [1, 2] })
  const parts = []
  for (const [PartNumber, url] of Object.entries(urls)) {
    const end = PartNumber * partSize
    const response = await fetch(url, {
      method: 'PUT',
      body: CONTENT.subarray(end - partSize, end),
    })
    assert.equal(response.status, 200, await response.text())
    parts.push({ PartNumber: Number(PartNumber), ETag: response.headers.get('etag') })
  }
  const path = [uploadId, ...key.split('/')].map(encodeURIComponent).join('/')
  assert.deepEqual(await post(`/complete/${path}`, { parts }), { key: KEY })
}

const folder = mkdtempSync(join(tmpdir(), 'backend-next-'))
try {
  const tarballs = join(folder, 'tarballs')
  const pack = ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', tarballs]
  run('npx', pack, join(packages, 'backend'))
  const [tarball] = readdirSync(tarballs)
  const manifest = {
    private: true,
    dependencies: {
      '@s3-bg-uploader/backend': `file:tarballs/${tarball}`,
      next: NEXT,
      react: REACT,
      'react-dom': REACT,
    },
    devDependencies: { typescript: '5.9.3', '@types/node': '20.19.9', '@types/react': '19.2.2' },
  }
  const route = join(folder, 'app/uploads/[...path]')
  const object = join(folder, 'uploads/objects', KEY)
  mkdirSync(route, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(route, 'route.ts'), blockOf('app/uploads/[...path]/route.ts'))
  writeFileSync(join(folder, 'next.config.ts'), blockOf('next.config.ts'))
  writeFileSync(
    join(folder, 'app/upload-handler.ts'),
    `import { createUploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
export const handler = createUploadHandler({
  storage: diskStorage({ dir: './uploads' }),
  authorize: ({ headers }) => headers.has('authorization') ? { id: 'ann' } : undefined,
  keyFor: () => ${JSON.stringify(KEY)},
  partSizeFor: () => 4,
  basePath: '/uploads',
  cors: { origins: '*' },
})
`,
  )
  writeFileSync(
    join(folder, 'app/layout.tsx'),
    'export default ({ children }: { children: React.ReactNode }) => <html><body>{children}</body></html>',
  )
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  run('npx', ['next', 'build'], folder)
  const { origin, stop } = await serve(folder)
  try {
    for (const slash of ['', '/']) {
      await upload(`${origin}/uploads`, slash)
      assert.deepEqual(new Uint8Array(readFileSync(object)), CONTENT)
      rmSync(object)
    }
    const refused = await fetch(`${origin}/uploads/start`, { method: 'POST', body: '{}' })
    assert.equal(refused.status, 401)
    assert.equal((await refused.json()).code, 'Unauthorized')
    const preflight = await fetch(`${origin}/uploads/start/`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', 'access-control-request-method': 'POST' },
    })
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  } finally {
    await stop()
  }
  console.log(`Next ${NEXT} takes a file from start to complete, with slashes and without.`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
