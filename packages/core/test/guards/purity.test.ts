import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The purity of the machine is guarded twice: the compiler refuses what is not ES2022, the linter
// refuses what is ES2022 and impure. Both guards are shown to bite, for else nobody would notice
// that a glob no longer matches.

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const machine = 'packages/core/src/machine'

const GLOBALS = 'lint/style/noRestrictedGlobals'
const IMPORTS = 'lint/style/noRestrictedImports'
const PLUGIN = 'plugin'

/** What must not be in the machine, with the rule that refuses it. */
const slips: readonly (readonly [code: string, rule: string])[] = [
  ['export const now: number = Date.now()', GLOBALS],
  ['export const at: number = new Date().getTime()', GLOBALS],
  ['export const of = (date: Date): number => date.getTime()', GLOBALS],
  ['export const soon: unknown = Promise.resolve(1)', GLOBALS],
  ['export const later = (value: Promise<number>): unknown => value', GLOBALS],
  ['export const timer: unknown = setTimeout(() => {}, 1)', GLOBALS],
  ['export const timer: unknown = setInterval(() => {}, 1)', GLOBALS],
  ['queueMicrotask(() => {})', GLOBALS],
  ['export const answer: unknown = fetch("http://localhost/")', GLOBALS],
  ['export const there: unknown = globalThis.navigator', GLOBALS],
  ['console.log("here")', GLOBALS],
  ['export const now: number = performance.now()', GLOBALS],
  ['export const id: string = crypto.randomUUID()', GLOBALS],
  ['export const env: unknown = process.env', GLOBALS],
  ['export const controller: unknown = new AbortController()', GLOBALS],
  [
    'export const sorted = (a: string, b: string): number => new Intl.Collator().compare(a, b)',
    GLOBALS,
  ],
  ['export const draw: number = Math.random()', PLUGIN],
  ['export const draw: number = Math["random"]()', PLUGIN],
  ['export const { random } = Math', PLUGIN],
  ['export async function step(): Promise<void> {}', PLUGIN],
  ['export const step = async () => {}', PLUGIN],
  ['export const step = { async run() {} }', PLUGIN],
  ['export class Step { private async run() {} }', PLUGIN],
  ['export const value: unknown = await import("./plan.ts")', PLUGIN],
  ['export const module: unknown = import("./plan.ts")', PLUGIN],
  ['export async function* all(list: never) { for await (const one of list) yield one }', PLUGIN],
  ['export const here: string = import.meta.url', PLUGIN],
  ['let counter = 0\nexport const next = (): number => ++counter', PLUGIN],
  ['import { runEffects } from "../runtime/run-effects.ts"\nrunEffects()', IMPORTS],
  ['import type { Clock } from "../ports.ts"\nexport type Time = Clock', IMPORTS],
  ['import type { Upload } from "../uploader/types.ts"\nexport type It = Upload', IMPORTS],
  ['import { z } from "zod"\nexport const schema: unknown = z.string()', IMPORTS],
  ['import { readFileSync } from "node:fs"\nreadFileSync("x")', IMPORTS],
  ['export { createUploader } from "@s3-bg-uploader/core"', IMPORTS],
]

/** What must stay possible. */
const clean = `
import type { ErrorCode } from '../errors.ts'
import { plan } from './plan.ts'

const LIMITS: ReadonlyMap<ErrorCode, number> = new Map()

/** The asynchronous world promises nothing to this function. */
export function largest(list: readonly number[], code: ErrorCode): number {
  let most = LIMITS.get(code) ?? 0
  for (const one of list) most = Math.max(most, plan(one))
  return most
}
`

describe('the linter refuses in the machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-bg-uploader-purity-'))
  const found = new Map<string, Set<string>>()

  // All probes are linted in one run, in a copy of the layout, so that no probe is ever in the tree.
  beforeAll(() => {
    mkdirSync(join(folder, machine), { recursive: true })
    for (const file of ['biome.json', 'packages/core/machine-purity.grit']) {
      copyFileSync(join(repository, file), join(folder, file))
    }
    slips.forEach(([code], index) => {
      writeFileSync(join(folder, machine, `slip-${index}.ts`), code)
    })
    writeFileSync(join(folder, machine, 'clean.ts'), clean)
    const biome = createRequire(join(repository, 'package.json')).resolve(
      '@biomejs/biome/bin/biome',
    )
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '.'],
      { cwd: folder, encoding: 'utf8' },
    )
    const lines = stdout.split('\n').filter((line) => line.startsWith('::error'))
    if (lines.length === 0) throw new Error(`The linter reported nothing:\n${stdout}${stderr}`)
    for (const line of lines) {
      const rule = /title=([^,]*)/.exec(line)?.[1] ?? line
      const file = /\/([\w-]+\.ts),/.exec(line)?.[1] ?? line
      found.set(file, (found.get(file) ?? new Set()).add(rule))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(slips.map(([code, rule], index) => ({ code, rule, index })))(
    '$code',
    ({ rule, index }) => {
      expect(found.get(`slip-${index}.ts`) ?? new Set()).toContain(rule)
    },
  )

  test('but nothing that is pure', () => {
    expect(found.get('clean.ts')).toBeUndefined()
  })
})

describe('the compiler refuses in the machine', () => {
  const probes: readonly string[] = [
    'export const answer: unknown = fetch',
    'export const timer: unknown = setTimeout',
    'export const timer: unknown = setInterval',
    'export const tick: unknown = queueMicrotask',
    'export const env: unknown = process',
    'export const page: unknown = window',
    'export const page: unknown = document',
    'export const log: unknown = console',
    'export const time: unknown = performance',
    'export const random: unknown = crypto',
    'export const bytes: unknown = Buffer',
    'export const controller: unknown = AbortController',
    'export const of = (signal: AbortSignal): boolean => signal.aborted',
    'import { readFileSync } from "node:fs"\nexport const read: unknown = readFileSync',
    'import type { Clock } from "../ports.ts"\nexport type Time = Clock',
  ]
  const pure = 'export const largest = (list: readonly number[]): number => Math.max(...list)'
  const files = new Map(
    [...probes, pure].map((code, index) => [join(repository, machine, `probe-${index}.ts`), code]),
  )
  let refused: ReadonlySet<string> = new Set()

  // The probes live in memory, beside the files that the machine's own tsconfig takes in.
  beforeAll(() => {
    const path = join(repository, machine, 'tsconfig.json')
    const { config } = ts.readConfigFile(path, ts.sys.readFile)
    const { options, errors, fileNames } = ts.parseJsonConfigFileContent(
      config,
      ts.sys,
      dirname(path),
    )
    expect(errors).toEqual([])
    const host = ts.createCompilerHost(options)
    const { fileExists, readFile } = host
    host.fileExists = (name) => files.has(name) || fileExists(name)
    host.readFile = (name) => files.get(name) ?? readFile(name)
    const program = ts.createProgram({
      rootNames: [...fileNames, ...files.keys()],
      options,
      host,
    })
    refused = new Set(
      [
        ...program.getOptionsDiagnostics(),
        ...[...files.keys()].flatMap((name) =>
          program.getSemanticDiagnostics(program.getSourceFile(name)),
        ),
      ].flatMap(({ file }) => (file ? [file.text] : [])),
    )
  })

  test.each(probes)('%s', (code) => {
    expect(refused).toContain(code)
  })

  test('but nothing that is pure', () => {
    expect(refused).not.toContain(pure)
  })
})
