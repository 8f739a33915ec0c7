import { UploadError } from '@s3-bg-uploader/core'
import type { TestFile } from '@s3-bg-uploader/testkit'

/** A file at one time: its content and when it was written. */
export interface Version {
  readonly bytes: Uint8Array
  readonly modified: number
}

/** Files in memory that change and vanish, shared by the transports of a test. */
export class MemoryDisk {
  readonly #files = new Map<string, Version>()
  readonly #held = new Map<string, number>()
  #writes = 0

  create(bytes: Uint8Array, name: string): TestFile<string> {
    const path = `/${this.#files.size}-${this.#writes}/${name}`
    const write = (content: Uint8Array): void => {
      this.#files.set(path, { bytes: content, modified: Date.now() + 1000 * ++this.#writes })
    }
    write(bytes)
    return {
      file: path,
      change: async (content) => write(content),
      remove: async () => {
        this.#files.delete(path)
      },
    }
  }

  /** @throws UploadError `file_not_found`. */
  look(path: string): Version {
    const version = this.#files.get(path)
    if (version === undefined) throw new UploadError('file_not_found', `There is no ${path}`)
    return version
  }

  hold(path: string, by: 1 | -1): void {
    this.#held.set(path, this.held(path) + by)
  }

  held(path: string): number {
    return this.#held.get(path) ?? 0
  }
}
