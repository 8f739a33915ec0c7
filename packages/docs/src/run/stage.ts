import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { fileOf } from '../check-code.ts'
import type { Block, ParsedPage } from '../parse-page.ts'
import { freePort } from './free-port.ts'

/** The port that the pages write. */
const WRITTEN_PORT = /\b8787\b/g

/** A folder in which programs of pages run, against a backend on a port that is free. */
export interface Stage {
  readonly folder: string
  readonly port: number
  /** Writes a block as JavaScript, and gives its path. */
  put(page: ParsedPage, name: string): string
  /** Makes a file of random bytes, in place of one that a reader would have. */
  makeFile(name: string, bytes: number): void
  /** Paths below `storage`, by the SHA-256 of what is in them. */
  stored(storage: string): ReadonlyMap<string, string>
  sha256(name: string): string
  /** The code as it is run: with the port of this stage. */
  adapt(code: string): string
}

/** @param folder is emptied; packages are found from there. */
export async function makeStage(folder: string): Promise<Stage> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const adapt = (code: string): string => code.replace(WRITTEN_PORT, String(port))
  const sha256 = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex')
  return {
    folder,
    port,
    adapt,
    sha256,
    put(page, name) {
      const block = blockOf(page, name)
      const path = join(folder, name.replace(/\.tsx?$/, '.js'))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, adapt(toJavaScript(block)))
      return path
    },
    makeFile: (name, bytes) => writeFileSync(join(folder, name), randomBytes(bytes)),
    stored: (storage) =>
      new Map(
        readdirSync(join(folder, storage), { recursive: true, encoding: 'utf8' })
          .map((name) => join(storage, name))
          .filter((name) => statSync(join(folder, name)).isFile())
          .map((name) => [sha256(name), name]),
      ),
  }
}

/** The block of a page with this name. */
function blockOf(page: ParsedPage, name: string): Block {
  const block = page.blocks.find((one) => fileOf(one) === name)
  if (block === undefined) throw new Error(`${page.path} has no block ${name}`)
  return block
}

function toJavaScript({ code }: Block): string {
  return ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
    },
  }).outputText
}
