import { createUploader, type UploadError, type Uploader } from '@s3-bg-uploader/core'
import { type ChosenFile, fetchTransport, indexedDbStore } from '@s3-bg-uploader/transport-fetch'

const api = (name: string): string => new URL(`/api/${name}`, location.href).href

/**
 * The uploader of this page. What an earlier page left unfinished goes on by itself.
 *
 * @throws UploadError `store_failed`, `store_locked`.
 */
export function openUploader(
  onProblem: (problem: UploadError) => void,
): Promise<Uploader<ChosenFile>> {
  const store = indexedDbStore({ name: 's3-bg-uploader-demo', onProblem })
  return createUploader({
    transport: fetchTransport({ files: store.files }),
    store,
    config: {
      startUploadApi: api('start'),
      getUploadUrlsApi: api('urls'),
      completeApi: api('complete'),
      listPartsApi: api('list-parts'),
      abortApi: api('abort'),
    },
    onProblem,
  })
}
