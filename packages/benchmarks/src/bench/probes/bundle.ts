import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import type { BundleFigures } from './probes.ts'

const OPTIONS = {
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  logLevel: 'error',
} as const satisfies BuildOptions

/** What a page loads, in bytes, minified and gzipped; of the peers too where they are installed. */
export async function measureBundles(peers: string | undefined): Promise<BundleFigures> {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const ours =
    "export { createUploader } from '@s3-bg-uploader/core'\n" +
    "export { fetchTransport } from '@s3-bg-uploader/transport-fetch'"
  const uppy =
    "export { default as Uppy } from '@uppy/core'\nexport { default as AwsS3 } from '@uppy/aws-s3'"
  const tus = "export { Upload } from 'tus-js-client'"
  const libStorage =
    "export { Upload } from '@aws-sdk/lib-storage'\nexport { S3Client } from '@aws-sdk/client-s3'"
  return {
    ours: await sizeInOne(ours, here),
    firstLoad: await sizeAtFirst(ours, here),
    uppy: await sizeInOne(uppy, here),
    ...(peers === undefined
      ? {}
      : { tus: await sizeInOne(tus, peers), libStorage: await sizeInOne(libStorage, peers) }),
  }
}

async function sizeInOne(contents: string, resolveDir: string): Promise<number> {
  const { outputFiles } = await build({ ...OPTIONS, stdin: { contents, resolveDir } })
  return outputFiles.reduce((sum, file) => sum + gzipped(file.contents), 0)
}

/** Without the chunks that come later, by `import()`. */
async function sizeAtFirst(contents: string, resolveDir: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    stdin: { contents, resolveDir },
    splitting: true,
    outdir: resolveDir,
    metafile: true,
  })
  const first = loadedAtFirst(metafile).map((path) => resolve(path))
  return outputFiles
    .filter(({ path }) => first.includes(path))
    .reduce((sum, file) => sum + gzipped(file.contents), 0)
}

/** The outputs that an entry imports, directly or not. */
export function loadedAtFirst({ outputs }: Pick<Metafile, 'outputs'>): readonly string[] {
  const loaded = new Set(
    Object.keys(outputs).filter((path) => outputs[path]?.entryPoint?.includes('stdin')),
  )
  // A set that grows goes on with what was added.
  for (const path of loaded) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(imported)
    }
  }
  return [...loaded]
}

function gzipped(contents: Uint8Array): number {
  return gzipSync(contents, { level: 9 }).length
}
