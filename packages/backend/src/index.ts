export {
  BackendError,
  type BackendErrorCode,
  type BackendErrorOptions,
  isBackendError,
} from './backend-error.ts'
export { assertAllParts } from './check-parts.ts'
export type { CorsOptions } from './cors.ts'
export { defaultKey } from './default-key.ts'
export { defaultPartSize } from './default-part-size.ts'
export { createUploadHandler, type PartRequest, type UploadHandler } from './handler.ts'
export type {
  CompletedUpload,
  KeyRequest,
  Principal,
  UploadHandlerOptions,
} from './handler-options.ts'
export { type OwnedUploadsOptions, ownedUploads } from './owned-uploads.ts'
export { type PartPlan, partCount, plannedSize } from './part-plan.ts'
export { rememberedStarts, type StartRecords } from './remembered-starts.ts'
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
export { type TokenBucketsOptions, tokenBuckets } from './token-buckets.ts'
