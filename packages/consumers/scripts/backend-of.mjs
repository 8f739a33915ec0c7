import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const SIZE = 3 * 1024 * 1024 + 5

/**
 * Lets `upload` send a file to the backend that is installed in a folder, and compares what was
 * stored.
 *
 * @param upload called with the backend's origin and what to send: a name and a number of bytes
 * @param page what the server answers elsewhere
 */
export async function expectUpload(folder, upload, page) {
  const load = (file) => import(pathToFileURL(join(folder, file)))
  const [{ serveBackend }, { contentOf }] = [await load('backend.mjs'), await load('upload.js')]
  const storage = join(folder, 'storage')
  const backend = await serveBackend(storage, page)
  const name = `${performance.now()}.bin`
  try {
    await upload(backend.origin, { name, size: SIZE })
  } finally {
    backend.close()
  }
  const stored = readFileSync(join(storage, 'objects', name))
  if (digest(stored) !== digest(contentOf(SIZE))) throw new Error('Other bytes were stored')
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
