// A whole upload on loopback: files, sockets and the journal of transport-node against our backend.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createUploader } from '@s3-bg-uploader/core'
import { levelStore, nodeTransport } from '@s3-bg-uploader/transport-node'
import { serveBackend } from './backend.mjs'
import { contentOf } from './content.mjs'

const content = contentOf(3 * 1024 * 1024 + 5)
const folder = await mkdtemp(fileURLToPath(new URL('upload-', import.meta.url)))
const film = join(folder, 'film.bin')
await writeFile(film, content)
const backend = await serveBackend(join(folder, 'storage'))
const api = `${backend.origin}/uploads`
const uploader = await createUploader({
  transport: nodeTransport(),
  store: levelStore(join(folder, 'journal')),
  config: {
    startUploadApi: `${api}/start`,
    getUploadUrlsApi: `${api}/urls`,
    completeApi: `${api}/complete`,
  },
})
const upload = await uploader.uploadFile(film)
const { status, key, totalParts } = await upload.done
await uploader.close()
backend.close()
assert.equal(status, 'completed')
assert.equal(totalParts, 4)
assert.deepEqual(new Uint8Array(await readFile(join(folder, 'storage/objects', key))), content)
await rm(folder, { recursive: true })
console.log(process.version)
