'use client'

import { createUploader, type Upload, type Uploader } from '@s3-bg-uploader/core'
import { UploaderProvider, useSnapshot, useUploader, useUploads } from '@s3-bg-uploader/react'
import { fetchTransport, indexedDbStore } from '@s3-bg-uploader/transport-fetch'
import { useEffect, useState } from 'react'

async function open(): Promise<Uploader<File | FileSystemFileHandle>> {
  const store = indexedDbStore()
  return createUploader({
    transport: fetchTransport({ files: store.files }),
    store,
    config: {
      startUploadApi: '/uploads/start',
      getUploadUrlsApi: '/uploads/urls',
      completeApi: '/uploads/complete',
    },
  })
}

function Row({ upload }: { upload: Upload }) {
  const { name, status, percentage } = useSnapshot(upload)
  return (
    <p>
      {name}: {status} {percentage}
    </p>
  )
}

function Uploads() {
  const uploader = useUploader<File>()
  const uploads = useUploads()
  return (
    <>
      <input
        type="file"
        disabled={!uploader}
        onChange={async ({ target }) => {
          for (const file of target.files ?? []) await uploader?.uploadFile(file)
        }}
      />
      {uploads.map((upload) => (
        <Row key={upload.id} upload={upload} />
      ))}
    </>
  )
}

export function Videos() {
  const [uploader, setUploader] = useState<Uploader<File | FileSystemFileHandle>>()
  useEffect(() => {
    open().then(setUploader, console.error)
  }, [])
  return (
    <UploaderProvider uploader={uploader}>
      <Uploads />
    </UploaderProvider>
  )
}
