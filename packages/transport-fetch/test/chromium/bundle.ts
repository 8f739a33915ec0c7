import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A file of `pages/` and all that it imports, from the sources, as one script. */
export async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    sourcemap: 'inline',
    logLevel: 'error',
  })
  const [script] = outputFiles
  if (script === undefined) throw new Error(`There is no script for pages/${name}.ts`)
  return script.text
}
