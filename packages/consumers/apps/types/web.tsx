// What pages write against the packages.
import { createUploader, type Upload } from '@s3-bg-uploader/core'
import { UploaderProvider, useSnapshot, useUploader, useUploads } from '@s3-bg-uploader/react'
import {
  createSharedUploader,
  fetchTransport,
  indexedDbStore,
} from '@s3-bg-uploader/transport-fetch'

const store = indexedDbStore()
const uploader = await createUploader({ transport: fetchTransport({ files: store.files }), store })

function Row({ upload }: { upload: Upload }) {
  const { name, status, percentage, error } = useSnapshot(upload)
  const title: string = error?.hint ?? status
  return (
    <p title={title}>
      {name} <progress max={100} value={percentage} />
      <button type="button" onClick={() => upload.pause()}>
        Pause
      </button>
    </p>
  )
}

function Uploads() {
  const uploader = useUploader<File>()
  const add = (files: Iterable<File>) => {
    for (const file of files) uploader?.uploadFile(file).catch(console.error)
  }
  // @ts-expect-error: a File is wanted
  uploader?.uploadFile('film.mp4').catch(console.error)
  return (
    <>
      <input type="file" onChange={({ target }) => add(target.files ?? [])} />
      {useUploads().map((upload) => (
        <Row key={upload.id} upload={upload} />
      ))}
    </>
  )
}

export const page = (
  <UploaderProvider uploader={uploader}>
    <Uploads />
  </UploaderProvider>
)
export { createSharedUploader }
