// A page that uploads as soon as it is opened: page?name=…&size=…
import { UploaderProvider, useSnapshot, useUploads } from '@s3-bg-uploader/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { contentOf, open } from './upload.js'

function Row({ upload }) {
  const { name, status, error } = useSnapshot(upload)
  return createElement('p', {}, `${name}: ${error ? error.hint : status}`)
}

function Uploads() {
  return useUploads().map((upload) => createElement(Row, { key: upload.id, upload }))
}

const wanted = new URLSearchParams(location.search)
const uploader = await open(`${location.origin}/uploads`)
createRoot(document.body).render(
  createElement(UploaderProvider, { uploader }, createElement(Uploads)),
)
await uploader.uploadFile(new File([contentOf(Number(wanted.get('size')))], wanted.get('name')))
