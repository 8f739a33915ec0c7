import type { StoreChange, UploadError } from '@s3-bg-uploader/core'

/** What a page asks the store in a worker. */
export type StoreCall =
  | { readonly id: number; readonly method: 'read' | 'close' }
  | { readonly id: number; readonly method: 'write'; readonly batch: readonly StoreChange[] }

/** What the store answers. */
export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number
      readonly error: Pick<UploadError, 'code' | 'message' | 'hint' | 'retryable'>
    }
  | { readonly id: number; readonly unexpected: string }
