import type { Uploader } from '@s3-bg-uploader/core'
import { useSyncExternalStore } from 'react'
import { useProvided } from './uploader-context.ts'

/**
 * The uploader of the nearest UploaderProvider: `useUploader<File>()`, with the type of file that
 * its transport opens. Undefined while it is being created, and on servers and during hydration,
 * where nobody uploads.
 *
 * @throws Error outside an UploaderProvider.
 */
export function useUploader<TFile = never>(): Uploader<TFile> | undefined {
  const { uploader } = useProvided()
  const provided = useSyncExternalStore(neverChanges, () => uploader, nothing)
  // Contexts are not generic: only the caller knows which uploader was provided.
  return provided as Uploader<TFile> | undefined
}

const neverChanges = (): (() => void) => () => {}

const nothing = (): undefined => undefined
