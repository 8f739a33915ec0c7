import { createUploader } from '@s3-bg-uploader/core'
import { type ChosenFile, fetchTransport, indexedDbStore } from '../../../src/index.ts'
import { appOf } from './app.ts'
import { pageParam } from './page-params.ts'
import { watchWrites } from './watched-store.ts'

const journal = indexedDbStore({ maxKeptBytes: Number(pageParam('maxKeptBytes')) })
const { store, quiet } = watchWrites(journal)
const uploader = await createUploader<ChosenFile>({
  transport: fetchTransport({ files: journal.files }),
  store,
  config: JSON.parse(pageParam('config')),
})

globalThis.app = appOf(uploader, quiet)
