// Looks at what would be published, and at what is not used: node packages/consumers/scripts/packages.mjs
// Wants a build and git. Says --no-git-checks to pnpm, since a CI's clone may be on no branch.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manifestProblems } from './manifest-problems.mjs'
import { pnpm, run } from './run.mjs'
import { packAll, packages, published } from './tarballs.mjs'

const root = join(packages, '..')
/** Found by its path, by Expo, which runs it: it has no types and needs none. */
const UNTYPED = { '@s3-bg-uploader/transport-react-native': ['app.plugin.js'] }

/** A pull request that changes a package needs a changeset; elsewhere only their settings are read. */
const base = process.env.GITHUB_BASE_REF ? `origin/${process.env.GITHUB_BASE_REF}` : 'HEAD'

const folder = mkdtempSync(join(tmpdir(), 's3-bg-uploader-packages-'))
let failed = 0
try {
  const tarballs = await packAll(folder)
  for (const manifest of published) {
    const tarball = tarballs[manifest.name]
    const excluded = UNTYPED[manifest.name]
    const exclude = excluded ? ['--exclude-entrypoints', ...excluded] : []
    await check(`${manifest.name}: manifest and files`, async () => {
      const problems = manifestProblems(manifest, (await run('tar', ['-tzf', tarball])).stdout)
      if (problems.length > 0) throw new Error(problems.join('\n'))
    })
    await check(`${manifest.name}: publint`, () => tool('publint', [tarball, '--strict']))
    await check(`${manifest.name}: attw`, () =>
      tool('attw', [tarball, '--profile', 'esm-only', ...exclude]),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
await check('knip', () => tool('knip', ['--no-progress', '--treat-config-hints-as-errors']))
await check('changesets', () => tool('changeset', ['status', '--since', base]))
await check('pnpm -r publish --dry-run', async () => {
  const { output } = await pnpm(['-r', 'publish', '--dry-run', '--no-git-checks'], root)
  for (const { name } of published) {
    if (!output.includes(`${name}@`)) throw new Error(`${name} is not published:\n${output}`)
  }
})
process.exitCode = failed === 0 ? 0 : 1

async function check(name, look) {
  try {
    await look()
    console.log(`ok      ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n${error.message}`)
  }
}

function tool(name, args) {
  return run('npx', ['--no', '--', name, ...args], root)
}
