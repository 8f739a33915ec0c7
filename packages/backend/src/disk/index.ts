export { type DiskStorage, type DiskStorageOptions, diskStorage } from './disk-storage.ts'
