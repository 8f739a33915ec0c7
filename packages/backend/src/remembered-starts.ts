import { fingerprint } from './fingerprint.ts'
import { unlessGone } from './no-such-upload.ts'
import type { StartedUpload, UploadStorage } from './storage.ts'

/**
 * Where the app writes down what starts were answered with: a table, or whatever keeps a value under a key.
 * A record that is lost costs no more than sending a file again, so records may expire.
 */
export interface StartRecords {
  /**
   * What was answered to a start, as `set` was told; undefined where that is not known.
   *
   * @param start 64 hex digits; the same for the same file, name, `userParams` and principal.
   */
  get(start: string): Promise<StartedUpload | undefined>
  /** Replaces what is there. */
  set(start: string, upload: StartedUpload): Promise<void>
}

/**
 * Answers a start that was made before, by the same principal for the same file, with the upload of that
 * time, as long as `listParts` still knows it. S3 itself begins another upload each time.
 *
 * So a client that lost its memory leaves no second unfinished upload behind, and one that asks listParts
 * after the start need not send what is there already. The contract does not tell a client that an upload
 * is an old one, and the uploader of this project asks only for uploads that its journal knows: it sends
 * all parts again, into the same upload.
 *
 * With `ownedUploads` this goes inside: `ownedUploads(rememberedStarts(storage, records), { secrets })`.
 */
export function rememberedStarts(storage: UploadStorage, records: StartRecords): UploadStorage {
  return {
    async create(upload) {
      const start = await fingerprint(upload)
      const earlier = await records.get(start)
      if (earlier !== undefined) {
        const { key, uploadId } = earlier
        const parts = await unlessGone(storage.listParts({ owner: upload.owner, key, uploadId }))
        if (parts !== undefined) return earlier
      }
      const started = await storage.create(upload)
      await records.set(start, started)
      return started
    },
    signParts: (...call) => storage.signParts(...call),
    complete: (...call) => storage.complete(...call),
    listParts: (...call) => storage.listParts(...call),
    abort: (...call) => storage.abort(...call),
    ...(storage.putPart === undefined ? {} : { putPart: storage.putPart.bind(storage) }),
  }
}
