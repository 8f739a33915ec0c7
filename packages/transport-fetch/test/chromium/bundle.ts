import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * A file of `pages/` and all that it imports, from the sources: scripts by file name. What it loads
 * later, such as the hasher, is split off as the bundlers of applications do it.
 */
export async function bundle(name: string): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url))],
    bundle: true,
    splitting: true,
    write: false,
    outdir: fileURLToPath(new URL('.', import.meta.url)),
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    sourcemap: 'inline',
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
}
