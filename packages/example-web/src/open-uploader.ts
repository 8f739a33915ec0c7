import {
  createUploader,
  isUploadError,
  type UploadError,
  type Uploader,
} from '@s3-bg-uploader/core'
import {
  type ChosenFile,
  createSharedUploader,
  fetchTransport,
  indexedDbStore,
} from '@s3-bg-uploader/transport-fetch'

const NAME = 's3-bg-uploader-demo'

const api = (name: string): string => new URL(`/api/${name}`, location.href).href

const config = {
  startUploadApi: api('start'),
  getUploadUrlsApi: api('urls'),
  completeApi: api('complete'),
  listPartsApi: api('list-parts'),
  abortApi: api('abort'),
}

type OnProblem = (problem: UploadError) => void

/**
 * The uploader of all tabs with this page: one of them uploads, the others show it and can do the
 * same with it. What an earlier page left unfinished goes on by itself.
 */
export function openUploader(onProblem: OnProblem): Promise<Uploader<ChosenFile>> {
  return createSharedUploader({ name: NAME, lead: () => lead(onProblem), onProblem })
}

async function lead(onProblem: OnProblem): Promise<Uploader<ChosenFile>> {
  const store = indexedDbStore({ name: NAME, onProblem })
  try {
    const transport = fetchTransport({ files: store.files })
    return await createUploader({ transport, store, config, onProblem })
  } catch (error) {
    if (!isUploadError(error) || error.code !== 'store_failed') throw error
    // A browser that keeps nothing, in private mode perhaps, can upload all the same.
    onProblem(error)
    return createUploader({ transport: fetchTransport(), config, onProblem })
  }
}
