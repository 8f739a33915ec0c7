import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, preview } from 'vite'
import { uploadBackend } from '../server/upload-backend.ts'

/** The built page and its backend, on one port of this machine. */
export interface ServedPage {
  readonly url: string
  /** Where the object of a key is, once its upload is completed. */
  objectPath(key: string): string
  close(): Promise<void>
}

export async function servePage(): Promise<ServedPage> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const folder = await mkdtemp(join(tmpdir(), 's3-bg-uploader-page-'))
  const outDir = join(folder, 'page')
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  const server = await preview({
    root,
    configFile: false,
    plugins: [uploadBackend({ dir: join(folder, 'storage'), basePath: '/api' })],
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  })
  const [url] = server.resolvedUrls?.local ?? []
  if (url === undefined) throw new Error('The page is served nowhere')
  return {
    url,
    objectPath: (key) => join(folder, 'storage', 'objects', ...key.split('/')),
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
