import type { Upload } from '@s3-bg-uploader/core'
import { useMemo, useSyncExternalStore } from 'react'
import { UploadList } from './upload-list.ts'
import { useProvided } from './uploader-context.ts'

/**
 * All uploads, or those of one transfer, in the order in which they were added. Renders again when
 * one comes or goes, not while they move: give each row its upload and let it call `useSnapshot`.
 *
 * @throws Error outside an UploaderProvider.
 */
export function useUploads(transferId?: string): readonly Upload[] {
  const { uploader, list } = useProvided()
  const shown = useMemo(
    () => (transferId === undefined ? list : new UploadList(uploader?.transfer(transferId))),
    [uploader, list, transferId],
  )
  return useSyncExternalStore(shown.subscribe, shown.getSnapshot, none)
}

const NONE: readonly Upload[] = []

const none = (): readonly Upload[] => NONE
