import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importsOf, type Manifest, PACKAGES, violationOf } from './import-rules.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const SCOPE = '@s3-bg-uploader/'
const folders = readdirSync(join(repository, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => existsSync(join(repository, 'packages', name, 'package.json')))

const manifests: Readonly<Record<string, Manifest>> = Object.fromEntries(
  ['', ...folders].map((folder) => {
    const path = join(repository, folder && `packages/${folder}`, 'package.json')
    const json = JSON.parse(readFileSync(path, 'utf8'))
    const manifest: Manifest = {
      exports: Object.keys(json.exports ?? {}),
      dependencies: Object.keys({ ...json.dependencies, ...json.peerDependencies }),
      devDependencies: Object.keys(json.devDependencies ?? {}),
    }
    return [folder, manifest]
  }),
)

/** Packages of this workspace among `names`. */
const workspaceOf = (names: readonly string[] = []): readonly string[] =>
  names.filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length))

describe.each(folders)('%s', (folder) => {
  test('imports only what DESIGN §3 and §4 allow and its package.json declares', () => {
    const files = ['src', 'test'].flatMap((part) => {
      const path = `packages/${folder}/${part}`
      if (!existsSync(join(repository, path))) return []
      return readdirSync(join(repository, path), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
        .map((file) => `${path}/${file.replaceAll('\\', '/')}`)
    })
    const violations = files.flatMap((path) =>
      importsOf(path, readFileSync(join(repository, path), 'utf8')).flatMap((one) => {
        const violation = violationOf(path, one, manifests)
        return violation === undefined ? [] : [`${path}: '${one.from}': ${violation}`]
      }),
    )
    expect(violations).toEqual([])
  })

  test('depends only on packages that DESIGN §3 allows', () => {
    const { uses = [], testsUse = [] } = PACKAGES[folder] ?? {}
    const { dependencies, devDependencies } = manifests[folder] ?? {}
    expect(uses).toEqual(expect.arrayContaining([...workspaceOf(dependencies)]))
    expect([...uses, ...testsUse]).toEqual(
      expect.arrayContaining([...workspaceOf(devDependencies)]),
    )
  })

  test('does not depend on itself, by no way round', () => {
    const reached = new Set<string>()
    const walk = (from: string): void => {
      const { dependencies = [], devDependencies = [] } = manifests[from] ?? {}
      for (const next of workspaceOf([...dependencies, ...devDependencies])) {
        if (reached.has(next)) continue
        reached.add(next)
        walk(next)
      }
    }
    walk(folder)
    expect([...reached]).not.toContain(folder)
  })
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
    ['backend/test/a.test.ts', "import type { Handler } from 'aws-lambda'"],
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
})
