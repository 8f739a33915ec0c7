import { UploadError } from '@s3-bg-uploader/core'

/** Where a journal is, as far as the library tells: its database, and the name of the journal there. */
export interface Place {
  readonly database: unknown
  readonly name: string
}

const occupied = new Set<Place>()

/**
 * Takes a place, so that two uploaders of one app never work on one journal. Returns what gives it
 * back. An app is one process, which takes all its places with it when it dies.
 *
 * @throws UploadError `store_locked`.
 */
export function occupyPlace(place: Place): () => void {
  for (const { database, name } of occupied) {
    if (database !== place.database || name !== place.name) continue
    const hint =
      'Another uploader of this app has this journal open. Make one uploader, outside of components, and close() it before you make the next.'
    throw new UploadError('store_locked', `The journal ${name} is open already`, { hint })
  }
  occupied.add(place)
  return () => occupied.delete(place)
}
