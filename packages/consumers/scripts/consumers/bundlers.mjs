import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expectUpload } from '../backend-of.mjs'
import { openPage } from '../chromium.mjs'
import { run } from '../run.mjs'
import { webApp } from './web-app.mjs'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

export const bundlers = [
  {
    name: 'Vite',
    prepare: webApp,
    async check(folder) {
      const { output } = await run(
        'npx',
        ['vite', 'build', '--base', './', '--outDir', 'vite'],
        folder,
      )
      refuseWarnings(output)
      return tried(folder, 'vite')
    },
  },
  {
    name: 'webpack',
    prepare: webApp,
    async check(folder) {
      const { output } = await run('npx', ['webpack'], folder)
      refuseWarnings(output)
      const page = '<!doctype html><body><script type="module" src="main.js"></script></body>'
      writeFileSync(join(folder, 'webpack/index.html'), page)
      return tried(folder, 'webpack')
    },
  },
]

/** Opens the page that was built in Chromium and looks at what it has uploaded. */
async function tried(folder, built) {
  const files = join(folder, built)
  const serveFile = ({ url }, response) => {
    const path = new URL(url, 'http://localhost').pathname
    try {
      const body = readFileSync(join(files, path === '/' ? 'index.html' : path))
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html')
      response.end(body)
    } catch (error) {
      response.statusCode = 404
      response.end(String(error.code))
    }
  }
  await expectUpload(
    folder,
    (origin, { name, size }) =>
      openPage(`${origin}/?name=${name}&size=${size}`, async (page) => {
        await page.getByText(`${name}: completed`).waitFor({ timeout: 60_000 })
      }),
    serveFile,
  )
  return `${gzippedKilobytes(files)} kB gzipped with React; uploads in Chromium`
}

function refuseWarnings(output) {
  if (/warning|\bwarn\b/i.test(output)) throw new Error(`The bundler warns:\n${output}`)
}

function gzippedKilobytes(folder) {
  const scripts = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'))
  const bytes = scripts.map((file) => gzipSync(readFileSync(join(folder, file))).length)
  return Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1000)
}
