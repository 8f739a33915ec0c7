import { type Store, UploadError } from '@s3-bg-uploader/core'

/** A store that one uploader at a time may have, as those of browsers and disks are. */
export class ExclusiveStore {
  readonly log: string[] = []
  #open = false

  open(name: string): Store {
    return {
      read: async () => {
        if (this.#open) throw new UploadError('store_locked', 'Two uploaders at once')
        this.#open = true
        this.log.push(`open ${name}`)
        return []
      },
      write: async () => {},
      close: async () => {
        // Closing takes a while, and who does not wait for it comes too early.
        await new Promise((resolve) => setImmediate(resolve))
        this.#open = false
        this.log.push(`close ${name}`)
      },
    }
  }
}
