import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { BundleFigures } from './probes.ts'

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
    // The hasher comes with the first file.
    withoutHasher: await gzipped(ours, here, ['xxhash-wasm']),
    ours: await gzipped(ours, here),
    uppy: await gzipped(uppy, here),
    ...(peers === undefined
      ? {}
      : { tus: await gzipped(tus, peers), libStorage: await gzipped(libStorage, peers) }),
  }
}

async function gzipped(contents: string, resolveDir: string, external: string[] = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external,
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
