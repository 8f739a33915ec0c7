import type { Range } from '@s3-bg-uploader/core'
import { folderUri } from './expo-ref.ts'
import type { ExpoFile, ExpoFileSystem } from './file-system.ts'
import type { OpenedFile } from './opened-file.ts'

const FOLDER = 's3-bg-uploader-parts'

/** Bytes that are copied at a time. They pass through JavaScript. */
const STEP = 1024 * 1024

/**
 * Copies of single parts in the cache: Expo uploads whole files only. The folder is emptied before
 * the first copy is made, so nothing stays of what a crash cut short.
 */
export class PartFiles {
  readonly #fileSystem: ExpoFileSystem
  readonly #folder: string
  #made = 0

  constructor(fileSystem: ExpoFileSystem) {
    this.#fileSystem = fileSystem
    this.#folder = `${folderUri(fileSystem.Paths.cache.uri)}${FOLDER}`
  }

  /**
   * Lends a copy of the bytes for the time of `use`.
   *
   * @throws what reading the file throws, what `use` throws, and any error where the copy fails.
   */
  async withCopy<T>(
    source: OpenedFile,
    range: Range,
    signal: AbortSignal,
    use: (copy: ExpoFile) => Promise<T>,
  ): Promise<T> {
    const copy = this.#next()
    try {
      copy.create({ intermediates: true })
      const handle = copy.open(this.#fileSystem.FileMode.WriteOnly)
      try {
        await source.read(range, STEP, (bytes) => {
          throwIfAborted(signal)
          return handle.writeBytes(bytes)
        })
      } finally {
        handle.close()
      }
      throwIfAborted(signal)
      return await use(copy)
    } finally {
      if (copy.exists) copy.delete()
    }
  }

  #next(): ExpoFile {
    const { Directory, File } = this.#fileSystem
    if (this.#made === 0) {
      const folder = new Directory(this.#folder)
      if (folder.exists) folder.delete()
    }
    this.#made += 1
    return new File(`${this.#folder}/${this.#made}.part`)
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Error('The part was stopped')
}
