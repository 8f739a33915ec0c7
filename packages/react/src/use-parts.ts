import type { PartSnapshot, Upload } from '@s3-bg-uploader/core'
import { useCallback, useSyncExternalStore } from 'react'

/**
 * Every part of an upload by its number, to draw a grid; the same array until one changes. Empty
 * until the parts are planned, and again once the upload is completed or cancelled.
 *
 * A component that read `upload.parts()` beside the snapshot would miss some: in a tab that follows
 * another one, parts come later than the snapshot that announces them.
 */
export function useParts(upload: Upload): readonly PartSnapshot[] {
  const subscribe = useCallback((listener: () => void) => upload.subscribe(listener), [upload])
  const getParts = (): readonly PartSnapshot[] => upload.parts()
  return useSyncExternalStore(subscribe, getParts, getParts)
}
