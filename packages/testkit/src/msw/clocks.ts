import type { Clock } from '@s3-bg-uploader/core'

/** The time that the servers believe in. */
export interface ServerClocks {
  /** Milliseconds since the epoch: in the Date header of control calls, and what URLs are signed at. */
  backend(): number
  /** Milliseconds since the epoch: in the Date header of PUTs, and what URLs expire by. */
  storage(): number
  /** Sets clocks wrong by so many milliseconds; what is not named stays as it is. */
  skew(offsets: { readonly backend?: number; readonly storage?: number }): void
}

/** Clocks that are wrong by nothing at first. */
export function serverClocks(wall: Clock['wall']): ServerClocks {
  const offsets = { backend: 0, storage: 0 }
  return {
    backend: () => wall() + offsets.backend,
    storage: () => wall() + offsets.storage,
    skew: (given) => {
      offsets.backend = given.backend ?? offsets.backend
      offsets.storage = given.storage ?? offsets.storage
    },
  }
}
