export type { ControlCall, ErrorCode, UploadErrorOptions } from './errors.ts'
export { errorCodes, isUploadError, UploadError } from './errors.ts'
export type {
  BackgroundTransport,
  Capabilities,
  Clock,
  Fetch,
  FetchRequest,
  FetchResponse,
  ForegroundSource,
  ForegroundTransport,
  Hasher,
  HashState,
  Json,
  Network,
  PartQueue,
  PartTask,
  PartTaskStatus,
  Platform,
  PutRequest,
  PutResponse,
  Random,
  Range,
  Source,
  Store,
  StoreChange,
  Transport,
} from './ports.ts'
export { memoryStore } from './runtime/memory-store.ts'
export { createUploader } from './uploader/create-uploader.ts'
export type {
  AggregateSnapshot,
  ControlHeaders,
  Observable,
  Transfer,
  Upload,
  Uploader,
  UploaderConfig,
  UploaderOptions,
  UploadFileOptions,
  UploadSnapshot,
  UploadStatus,
  WaitingFor,
} from './uploader/types.ts'
