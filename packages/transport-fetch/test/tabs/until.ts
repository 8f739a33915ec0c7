import type { Observable } from '@s3-bg-uploader/core'

/** Resolves once a snapshot is as wanted. */
export function until<T>(
  { getSnapshot, subscribe }: Observable<T>,
  isWanted: (snapshot: T) => boolean,
): Promise<T> {
  return new Promise((resolve) => {
    const look = (): void => {
      const snapshot = getSnapshot()
      if (!isWanted(snapshot)) return
      stop()
      resolve(snapshot)
    }
    const stop = subscribe(look)
    look()
  })
}
