import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cycleIn } from './cycle.ts'
import { arrowViolations, violationOf, workspaceArrows } from './import-checks.ts'
import { LAYERS, PACKAGES } from './import-rules.ts'
import { importsOf } from './imports-of.ts'
import { forbiddenImports, packageFolders, readManifests } from './workspace.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const manifests = readManifests(repository)

describe.each(packageFolders(repository))('%s', (folder) => {
  test('imports only what DESIGN §3 and §4 allow and its package.json declares', () => {
    expect(forbiddenImports(repository, folder, manifests)).toEqual([])
  })

  test('depends only on packages that DESIGN §3 allows', () => {
    const manifest = manifests[folder]
    expect(manifest && arrowViolations(folder, manifest)).toEqual([])
  })
})

test('no package depends on itself, by no way round', () => {
  expect(cycleIn(workspaceArrows(manifests))).toBeUndefined()
})

test('no layer of core imports itself, by no way round', () => {
  const down = Object.entries(LAYERS).map(([layer, { uses }]) => [
    layer,
    uses.filter((other) => other !== layer),
  ])
  expect(cycleIn(Object.fromEntries(down))).toBeUndefined()
})

test('every package that has a rule exists', () => {
  expect(packageFolders(repository)).toEqual(expect.arrayContaining(Object.keys(PACKAGES)))
})

describe('the guard itself', () => {
  const check = (path: string, code: string): string | undefined => {
    const [first] = importsOf(path, code)
    if (first === undefined) throw new Error(`No import found in: ${code}`)
    return violationOf(path, first, manifests)
  }

  test.each([
    ['core/src/runtime/a.ts', "import { b } from '../machine/b.ts'"],
    ['core/src/uploader/a.ts', "import { b } from '../runtime/b.ts'"],
    ['core/src/machine/a.ts', "import type { ErrorCode } from '../errors.ts'"],
    ['core/src/protocol/a.ts', "import type { Failure } from '../machine/failure.ts'"],
    ['core/src/wire.ts', "import * as z from 'zod/mini'"],
    ['core/test/runtime/a.test.ts', "import { b } from '../../src/runtime/b.ts'"],
    ['core/test/a.test.ts', "import { expect } from 'vitest'"],
    ['cli/src/a.ts', "import { nodeTransport } from '@s3-bg-uploader/transport-node'"],
    ['cli/src/a.ts', "import { readFile } from 'node:fs/promises'"],
    ['cli/src/a.ts', "import { addressUrl } from '@s3-bg-uploader/testkit/conformance/backend'"],
    ['cli/test/a.test.ts', "import { memoryStorage } from '@s3-bg-uploader/testkit/storage'"],
    ['backend/test/a.test.ts', "import type { Handler } from 'aws-lambda'"],
    ['backend/scripts/s3/site.mjs', "import { b } from '../../../core/dist/index.js'"],
  ])('%s may: %s', (path, code) => {
    expect(check(`packages/${path}`, code)).toBeUndefined()
  })

  test.each([
    ['core/src/machine/a.ts', "import { b } from '../runtime/b.ts'"],
    ['core/src/machine/a.ts', "import { UploadError } from '../errors.ts'"],
    ['core/src/machine/a.ts', "import type { Clock } from '../ports.ts'"],
    ['core/src/machine/a.ts', "import './../protocol/b.ts'"],
    ['core/src/runtime/a.ts', "export { b } from '../uploader/b.ts'"],
    ['core/src/runtime/a.ts', "const b = await import('../uploader/b.ts')"],
    ['core/src/runtime/a.ts', "type B = import('../uploader/b.ts').B"],
    ['core/src/runtime/a.ts', "import xxhash from 'xxhash-wasm'"],
    ['core/src/protocol/a.ts', "import { x } from '../machine/failure.ts'"],
    ['core/src/protocol/a.ts', "import * as z from 'zod/mini'"],
    ['core/src/runtime/a.ts', "import { startAnswer } from '../wire.ts'"],
    ['core/src/index.ts', "export { startAnswer } from './wire.ts'"],
    ['core/src/protocol/a.ts', "import type { x } from '../machine/plan.ts'"],
    ['core/src/errors.ts', "import type { Clock } from './ports.ts'"],
    ['core/src/helpers/a.ts', "import { b } from './b.ts'"],
    ['core/src/hash/a.ts', "import { readFile } from 'node:fs/promises'"],
    ['core/src/runtime/a.ts', "import { nodeTransport } from '@s3-bg-uploader/transport-node'"],
    ['core/test/a.test.ts', "import { nodeTransport } from '@s3-bg-uploader/transport-node'"],
    ['core/test/a.test.ts', "import { b } from '../../cli/src/b.ts'"],
    ['cli/src/a.ts', "import { memoryStorage } from '@s3-bg-uploader/testkit/storage'"],
    ['backend/scripts/s3/site.mjs', "import { b } from '../../../cli/dist/index.js'"],
    ['backend/scripts/a.mjs', "import { b } from '@s3-bg-uploader/cli'"],
    ['consumers/scripts/a.mjs', "import { b } from '@s3-bg-uploader/core'"],
    ['transport-node/src/a.ts', "import { b } from '../../core/src/b.ts'"],
    ['transport-node/src/a.ts', "import { b } from '@s3-bg-uploader/core/src/b.ts'"],
    ['transport-node/src/a.ts', "import { b } from '@s3-bg-uploader/backend'"],
    ['backend/src/a.ts', "import { b } from '@s3-bg-uploader/cli'"],
    ['backend/src/a.ts', "import { test } from 'vitest'"],
    ['backend/src/a.ts', "import type { Handler } from 'aws-lambda'"],
    ['backend/test/a.test.ts', "import { handler } from 'aws-lambda'"],
    ['backend/src/a.ts', "import { b } from '@s3-bg-uploader/backend'"],
  ])('%s may not: %s', (path, code) => {
    expect(check(`packages/${path}`, code)).toBeTypeOf('string')
  })

  test('an arrow that a package.json must not have is found', () => {
    const slip = { exports: [], dependencies: [], devDependencies: ['@s3-bg-uploader/testkit'] }
    expect(arrowViolations('core', slip)).toEqual(['core may not test with testkit'])
    expect(cycleIn(workspaceArrows({ ...manifests, core: slip }))).toEqual(
      expect.arrayContaining(['core', 'testkit']),
    )
    const sources = { ...slip, dependencies: slip.devDependencies, devDependencies: [] }
    expect(arrowViolations('transport-node', sources)).toEqual([
      'transport-node may not depend on testkit',
    ])
    expect(arrowViolations('transport-node', slip)).toEqual([])
    expect(arrowViolations('helpers', slip)).toEqual(['no rule for packages/helpers'])
  })

  test('a cycle is found wherever the walk begins', () => {
    expect(cycleIn({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b'])
    expect(cycleIn({ a: ['a'] })).toEqual(['a', 'a'])
    expect(cycleIn({ a: ['b', 'c'], b: ['d'], c: ['d'] })).toBeUndefined()
  })

  test('slips are found in files of every kind and in every folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 's3-bg-uploader-slips-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const files = {
      'package.json': '{}',
      'packages/core/package.json': '{}',
      'packages/core/src/machine/a.ts': "import '../runtime/b.ts'",
      'packages/core/src/runtime/a.tsx': "import '../uploader/b.ts'",
      'packages/core/test/deep/a.test.ts': "import '../../../backend/src/b.ts'",
      'packages/core/scripts/a.mjs': "import '@s3-bg-uploader/cli'",
      'packages/core/a.config.js': "import 'left-pad'",
      'packages/core/dist/a.js': "import '@s3-bg-uploader/cli'",
      'packages/core/node_modules/a/a.js': "import '@s3-bg-uploader/cli'",
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const found = forbiddenImports(folder, 'core', readManifests(folder))
    expect([...found].sort()).toEqual([
      "packages/core/a.config.js: 'left-pad': package.json of core does not declare left-pad",
      "packages/core/scripts/a.mjs: '@s3-bg-uploader/cli': core may not import cli",
      "packages/core/src/machine/a.ts: '../runtime/b.ts': machine may not import runtime/b.ts",
      "packages/core/src/runtime/a.tsx: '../uploader/b.ts': runtime may not import uploader/b.ts",
      "packages/core/test/deep/a.test.ts: '../../../backend/src/b.ts': leaves packages/core/",
    ])
  })
})
