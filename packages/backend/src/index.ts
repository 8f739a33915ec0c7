export {
  BackendError,
  type BackendErrorCode,
  type BackendErrorOptions,
  isBackendError,
} from './backend-error.ts'
export type { CorsOptions } from './cors.ts'
export { defaultKey } from './default-key.ts'
export { defaultPartSize } from './default-part-size.ts'
export {
  type CompletedUpload,
  createUploadHandler,
  type KeyRequest,
  type PartRequest,
  type Principal,
  type UploadHandler,
  type UploadHandlerOptions,
} from './handler.ts'
export { type OwnedUploadsOptions, ownedUploads } from './owned-uploads.ts'
export type {
  IncomingPart,
  NewUpload,
  PartLocation,
  PartReceipt,
  PartTag,
  StartedUpload,
  StoredPart,
  UploadAddress,
  UploadStorage,
} from './storage.ts'
