// Does what the README tells adapter authors to do, as they would: packs the packages, installs the
// tarballs in an empty folder with npm, and runs the README's transport through the suite there.
// Needs the registry, or npm's cache of it. node packages/testkit/scripts/consumer-check.mjs
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(packages, 'testkit/README.md'), 'utf8')
const { devDependencies } = JSON.parse(readFileSync(join(packages, '../package.json'), 'utf8'))

/** A code block of the README, by the file name in its first line. */
function blockOf(name) {
  const start = readme.indexOf(`\`\`\`ts\n// ${name}\n`)
  if (start === -1) throw new Error(`The README has no code block for ${name}`)
  return readme.slice(start + '```ts\n'.length, readme.indexOf('\n```', start + 5) + 1)
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, NO_COLOR: '1' },
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}`)
}

const folder = mkdtempSync(join(tmpdir(), 'testkit-consumer-'))
try {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  for (const name of ['core', 'backend', 'testkit']) {
    const args = ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', tarballs]
    run('npx', args, join(packages, name))
  }
  const packed = Object.fromEntries(
    readdirSync(tarballs).map((file) => [
      file.replace(/^s3-bg-uploader-(.*)-\d.*$/, '@s3-bg-uploader/$1'),
      `file:tarballs/${file}`,
    ]),
  )
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      ...packed,
      vitest: devDependencies.vitest,
      typescript: devDependencies.typescript,
      '@types/node': devDependencies['@types/node'],
    },
  }
  const tsconfig = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      types: ['node'],
    },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  for (const name of ['blob-transport.ts', 'blob-transport.test.ts']) {
    writeFileSync(join(folder, name), blockOf(name))
  }
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  run('npm', install, folder)
  run('npx', ['tsc', '-p', '.'], folder)
  run('npx', ['vitest', 'run', '--testTimeout', '30000', '--reporter', 'dot'], folder)
  console.log('The README walks: packed, installed, compiled and conformant.')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
