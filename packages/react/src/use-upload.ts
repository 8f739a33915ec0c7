import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import { useMemo, useSyncExternalStore } from 'react'
import { useProvided } from './uploader-context.ts'
import { useSnapshot } from './use-snapshot.ts'

/** What there is to tell about an upload, and the upload itself to pause, resume or cancel it. */
export interface LiveUpload extends UploadSnapshot {
  /** To pause, resume, cancel or retry it. */
  readonly upload: Upload
}

/**
 * One upload by its id; the same object until something changes. Undefined when there is none of
 * that id: never, not yet, or no more. Where the upload itself is at hand, `useSnapshot` will do.
 *
 * @throws Error outside an UploaderProvider.
 */
export function useUpload(id: string): LiveUpload | undefined {
  const { list } = useProvided()
  const upload = useSyncExternalStore(list.subscribe, () => list.find(id), nothing)
  const snapshot = useSnapshot(upload)
  return useMemo(() => upload && snapshot && { ...snapshot, upload }, [upload, snapshot])
}

const nothing = (): undefined => undefined
