// Runs the core and this transport in Hermes, React Native's engine:
// 1. bundles them as published, transforms them with React Native's Babel preset and compiles them
//    with the hermesc that React Native brings;
// 2. runs the same, lowered further, in the VM of hermes-engine-cli (there is no newer one for this
//    purpose) with two kinds of upload, and measures the plain-JS hasher there.
// Needs Linux, macOS or Windows on x64, and npm. node packages/transport-react-native/hermes/check.mjs
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { content } from './content.js'

const TOOLS = {
  '@babel/core': '7.29.13',
  '@react-native/babel-preset': '0.88.1',
  esbuild: '0.28.2',
  'hermes-compiler': '260318099.0.5',
  'hermes-engine-cli': '0.12.0',
  'xxhash-wasm': '1.1.0',
}
const BINARIES = { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }

const here = fileURLToPath(new URL('.', import.meta.url))
const platform = BINARIES[process.platform]
if (platform === undefined) {
  console.log(`Skipped: Hermes has no binaries for ${process.platform}.`)
  process.exit(process.env.CI === 'true' ? 77 : 0)
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    ...options,
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}

/** The tools, in a cache outside the repository. */
function installTools() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 's3-bg-uploader')
  const folder = join(cache, `hermes-${Object.values(TOOLS).join('-').replaceAll('/', '_')}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'installing-'))
  try {
    writeFileSync(
      join(fresh, 'package.json'),
      JSON.stringify({ private: true, dependencies: TOOLS }),
    )
    const args = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts']
    run('npm', args, { cwd: fresh, shell: process.platform === 'win32' })
    renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

const tools = installTools()
const require = createRequire(join(tools, 'package.json'))
const { buildSync } = require('esbuild')
const { transformSync } = require('@babel/core')

function bundle() {
  const { outputFiles } = buildSync({
    entryPoints: [join(here, 'app.js')],
    bundle: true,
    format: 'iife',
    target: 'esnext',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    // Only this file's imports of the package itself need to be told where it is.
    alias: { '@s3-bg-uploader/transport-react-native': join(here, '../dist/index.js') },
    write: false,
  })
  return outputFiles[0].text
}

/** By React Native's preset: for its own Hermes, or for engines that know nothing newer than ES5. */
function transform(code, profile) {
  const preset = require.resolve('@react-native/babel-preset')
  const options = {
    unstable_transformProfile: profile,
    enableBabelRuntime: false,
    disableImportExportTransform: true,
  }
  return transformSync(code, {
    presets: [[preset, options]],
    babelrc: false,
    configFile: false,
    compact: false,
    sourceType: 'script',
  }).code
}

function expect(what, seen, wanted) {
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return
  throw new Error(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`)
}

async function hashInNode() {
  const { default: xxhash } = await import(require.resolve('xxhash-wasm'))
  const { h64Raw } = await xxhash()
  return h64Raw(content).toString(16).padStart(16, '0')
}

const work = mkdtempSync(join(tmpdir(), 'hermes-'))
try {
  const bundled = bundle()

  const modern = join(work, 'modern.js')
  writeFileSync(modern, transform(bundled, 'hermes-stable'))
  const bytecode = join(work, 'modern.hbc')
  const hermesc = join(tools, 'node_modules/hermes-compiler/hermesc', platform, 'hermesc')
  run(hermesc, ['-emit-binary', '-O', '-out', bytecode, modern])
  console.log(`hermesc of React Native 0.88: ${readFileSync(bytecode).length} bytes of bytecode`)

  const lowered = join(work, 'lowered.js')
  const shims = transform(readFileSync(join(here, 'old-vm.js'), 'utf8'), 'default')
  writeFileSync(lowered, `${shims}\n${transform(bundled, 'default')}`)
  const vm = join(tools, 'node_modules/hermes-engine-cli', platform, 'hermes')
  const result = JSON.parse(run(vm, ['-O', lowered]).trim().split('\n').at(-1))
  if (result.failed) throw new Error(`${result.failed}\n${result.stack}`)

  const { foreground, background } = result
  const order = ({ calls }) => calls.map(({ call }) => call)
  expect('foreground', foreground.status, 'completed')
  expect('its hash', foreground.calls[0].body.fileHash, await hashInNode())
  expect('its last call', order(foreground).at(-1), 'complete')
  expect(
    'its complete URL',
    foreground.calls.at(-1).url,
    'http://127.0.0.1/complete/u%2F1/films/%C3%A9t%C3%A9%201.mp4',
  )
  expect('background', background.status, 'completed')
  expect('parts queued before the JS died', background.queued, 6)
  expect('PUTs of native', background.puts, 6)
  expect('its calls', order(background), ['start', 'urls', 'complete'])
  const etags = background.calls.at(-1).body.parts.map(({ ETag }) => ETag)
  expect(
    'its ETags',
    etags,
    [0, 1, 2, 3, 4, 5].map((part) => `${part * 1024 * 1024}`),
  )
  const speed = foreground.bytes / 1e6 / (foreground.ms / 1000)
  console.log(
    `Hermes VM: both uploads completed; hashed and sent at ${speed.toFixed(0)} MB/s in plain JS`,
  )
} finally {
  rmSync(work, { recursive: true, force: true })
}
