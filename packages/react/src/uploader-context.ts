import type { Uploader } from '@s3-bg-uploader/core'
import { type Context, createContext, useContext } from 'react'
import type { UploadList } from './upload-list.ts'

/** What an UploaderProvider hands down. */
export interface Provided {
  readonly uploader: Uploader<never> | undefined
  /** All uploads of that uploader; empty while there is none. */
  readonly list: UploadList
}

export const UploaderContext: Context<Provided | undefined> = createContext<Provided | undefined>(
  undefined,
)
UploaderContext.displayName = 'Uploader'

/** @throws Error outside an UploaderProvider. */
export function useProvided(): Provided {
  const provided = useContext(UploaderContext)
  if (provided === undefined) {
    // No UploadError: no upload failed, the tree is put together wrongly.
    throw new Error(
      'There is no <UploaderProvider> above this component. Wrap the tree that uploads in one: <UploaderProvider uploader={uploader}>.',
    )
  }
  return provided
}
