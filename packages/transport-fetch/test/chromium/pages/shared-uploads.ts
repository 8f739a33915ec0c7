import { createUploader } from '@s3-bg-uploader/core'
import {
  type ChosenFile,
  createSharedUploader,
  fetchTransport,
  indexedDbStore,
} from '../../../src/index.ts'
import { appOf } from './app.ts'
import { pageParam } from './page-params.ts'
import { watchWrites } from './watched-store.ts'

let quiet = async (): Promise<void> => {}

const uploader = await createSharedUploader<ChosenFile>({
  lead() {
    document.title = 'leads'
    const journal = indexedDbStore({ maxKeptBytes: Number(pageParam('maxKeptBytes')) })
    const watched = watchWrites(journal)
    quiet = watched.quiet
    return createUploader<ChosenFile>({
      transport: fetchTransport({ files: journal.files }),
      store: watched.store,
      config: JSON.parse(pageParam('config')),
    })
  },
})

globalThis.app = appOf(uploader, () => quiet())
