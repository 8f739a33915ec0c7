export {
  type MemoryStorage,
  type MemoryStorageOptions,
  memoryStorage,
  type UnfinishedUpload,
  type UrlValidity,
} from './memory-storage.ts'
