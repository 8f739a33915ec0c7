import type { Observable } from '@s3-bg-uploader/core'
import { useCallback, useSyncExternalStore } from 'react'

/**
 * The snapshot of an uploader, a transfer or an upload. Renders again when there is a new one, at
 * most about 20 times a second; undefined for undefined.
 */
export function useSnapshot<TSnapshot>(observable: Observable<TSnapshot>): TSnapshot
export function useSnapshot<TSnapshot>(
  observable: Observable<TSnapshot> | undefined,
): TSnapshot | undefined
export function useSnapshot<TSnapshot>(
  observable: Observable<TSnapshot> | undefined,
): TSnapshot | undefined {
  const subscribe = useCallback(
    (listener: () => void) => observable?.subscribe(listener) ?? (() => {}),
    [observable],
  )
  const getSnapshot = (): TSnapshot | undefined => observable?.getSnapshot()
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot)
}
