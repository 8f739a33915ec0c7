import type { NativeFile, NativeFileRef } from '../../src/index.ts'
import { NativeRejection } from './native-rejection.ts'

interface Content {
  readonly bytes: Uint8Array
  readonly modified: number
}

/** Files on a device, in memory, that change and vanish. */
export class DeviceFiles {
  readonly #files = new Map<string, Content>()
  #writes = 0

  /** Writes a file, at another time than any before. */
  write(path: string, bytes: Uint8Array): void {
    this.#writes += 1
    this.#files.set(path, { bytes, modified: 1_790_000_000_000 + 1000 * this.#writes })
  }

  remove(path: string): void {
    this.#files.delete(path)
  }

  look(path: string): NativeFile {
    const name = path.split('/').at(-1) ?? ''
    if (path.endsWith('/')) throw new NativeRejection('file_not_regular', `${path} is a folder`)
    const { bytes, modified } = this.#content(path)
    return { name, size: bytes.length, lastModified: modified }
  }

  /** The content, if the file is still what it was when it was opened. */
  bytesOf({ path, size, lastModified }: NativeFileRef): Uint8Array {
    const { bytes, modified } = this.#content(path)
    if (bytes.length === size && modified === lastModified) return bytes
    throw new NativeRejection('source_changed', `${path} has changed`)
  }

  #content(path: string): Content {
    const content = this.#files.get(path)
    if (content === undefined) throw new NativeRejection('file_not_found', `There is no ${path}`)
    return content
  }
}
