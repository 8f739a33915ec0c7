import { createUploader } from '@s3-bg-uploader/core'
import { fetchTransport } from '@s3-bg-uploader/transport-fetch'
import { contentOf } from '../chromium/pages/content.ts'

// Uploads so many bytes to a backend and writes the last snapshot.
const [config = '', bytes = ''] = process.argv.slice(2)
const uploader = await createUploader({
  transport: fetchTransport(),
  config: JSON.parse(config),
})
const pieces = [...contentOf<Blob>(Number(bytes), (noise) => new Blob([noise]))]
const film = new File(pieces, 'film.mov', { type: 'video/quicktime' })
const upload = await uploader.uploadFile(film)
console.log(JSON.stringify(await upload.done))
await uploader.close()
