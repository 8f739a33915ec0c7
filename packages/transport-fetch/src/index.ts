export { type FetchTransportOptions, fetchTransport } from './fetch-transport.ts'
export {
  type IndexedDbStore,
  type IndexedDbStoreOptions,
  indexedDbStore,
} from './journal/indexed-db-store.ts'
export type { ChosenFile, KeptFiles } from './kept-files.ts'
export { createSharedUploader, type SharedUploaderOptions } from './tabs/shared-uploader.ts'
