import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Block, ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

const COMPILED: Readonly<Record<string, string>> = { ts: 'ts', tsx: 'tsx', js: 'js', jsx: 'jsx' }

/** Modules that need React Native: blocks that import them are for `packages/example-expo` to check. */
const NATIVE = /from '(react-native|expo|@react-native)[\w/@-]*'/

/** As an app that uses the packages would have it. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  types: ['node'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
}

/** Whether a block needs the types of React Native. */
export function isNative({ code }: Block): boolean {
  return NATIVE.test(code)
}

/** Whether a block is TypeScript or JavaScript. */
export function isCode({ language }: Block): boolean {
  return Object.hasOwn(COMPILED, language)
}

/** The name of the file that a block is written to, below the folder of its page. */
export function fileOf(block: Block): string {
  return block.name ?? `line-${block.line}.${COMPILED[block.language]}`
}

/** A folder name for a page. */
export function folderOf(path: string): string {
  return path.replace(/\.md$/, '').replaceAll('/', '-')
}

/**
 * Compiles the blocks of all pages against the packages of the workspace as they were built. Blocks of
 * one page that are named in their first line are files that can import each other.
 *
 * @param folder where the blocks are written to; packages are found from there.
 */
export function checkCode(
  repository: string,
  folder: string,
  pages: readonly ParsedPage[],
): readonly Problem[] {
  rmSync(folder, { recursive: true, force: true })
  const host = sharingHost()
  return pages.flatMap((page) => {
    const code = page.blocks.filter(isCode)
    const elsewhere = code.filter(({ checkedBy }) => checkedBy !== undefined)
    const own = code.filter((block) => block.checkedBy === undefined && !isNative(block))
    return [
      ...elsewhere.flatMap((block) => checkedElsewhere(repository, block)),
      ...compile(host, join(folder, folderOf(page.path)), page, own),
    ]
  })
}

function compile(
  host: ts.CompilerHost,
  folder: string,
  page: ParsedPage,
  blocks: readonly Block[],
): readonly Problem[] {
  if (blocks.length === 0) return []
  const byFile = new Map(blocks.map((block) => [join(folder, fileOf(block)), block]))
  for (const [file, { code }] of byFile) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, code)
  }
  const given = join(folder, 'given.d.ts')
  writeFileSync(given, `declare global {\n${page.given}}\nexport {}\n`)
  const program = ts.createProgram([...byFile.keys(), given], OPTIONS, host)
  const files = [...byFile.keys(), given].map((file) => program.getSourceFile(file))
  return [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ].map(({ file, start = 0, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n')
    const block = file && byFile.get(file.fileName)
    if (file === undefined || block === undefined) {
      return { page: page.path, line: 1, message: `What is given: ${message}` }
    }
    const { line } = file.getLineAndCharacterOfPosition(start)
    return { page: page.path, line: block.line + line, message }
  })
}

/** Reads and parses what many pages import once. */
function sharingHost(): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS)
  const parsed = new Map<string, ts.SourceFile | undefined>()
  return {
    ...host,
    getSourceFile(name, languageVersion, onError) {
      if (!parsed.has(name)) parsed.set(name, host.getSourceFile(name, languageVersion, onError))
      return parsed.get(name)
    },
  }
}

/** That there is what is said to check the block, and that it names it. */
function checkedElsewhere(repository: string, block: Block): readonly Problem[] {
  const { page, line, name, checkedBy = '' } = block
  if (!existsSync(join(repository, checkedBy))) {
    return [{ page, line, message: `There is no ${checkedBy}` }]
  }
  if (name === undefined || !readFileSync(join(repository, checkedBy), 'utf8').includes(name)) {
    return [
      { page, line, message: `${checkedBy} does not check ${name ?? 'a block without a name'}` },
    ]
  }
  return []
}
