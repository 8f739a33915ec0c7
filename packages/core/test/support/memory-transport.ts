import { UploadError } from '../../src/errors.ts'
import type { ForegroundSource, ForegroundTransport, Json } from '../../src/ports.ts'
import type { MemoryStorage } from './memory-storage.ts'

/** A file in memory. Change `bytes` and it is another file to whoever had opened it. */
export interface MemoryFile {
  readonly name: string
  bytes: Uint8Array
  lastModified: number | undefined
}

/** Bytes that differ from place to place, so that a mix-up shows. */
export function bytesOf(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = seed * 2654435761
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Files in memory, sent to a storage in memory. */
export class MemoryTransport implements ForegroundTransport<MemoryFile> {
  readonly capabilities: ForegroundTransport<MemoryFile>['capabilities']
  readonly #storage: MemoryStorage
  readonly #files: Map<string, MemoryFile>
  /** Sources that are open now. */
  opened = 0
  closed = false
  /** Called before a file is opened or read; may throw or wait. */
  beforeOpen: (name: string) => void | Promise<void> = () => {}
  beforeRead: (name: string) => void | Promise<void> = () => {}
  /** Bytes by which a read falls short. */
  shortBy = 0

  /** `files` are those that can be opened again by name. */
  constructor(
    storage: MemoryStorage,
    files: Map<string, MemoryFile>,
    options: { readonly reopen: boolean },
  ) {
    this.#storage = storage
    this.#files = files
    this.capabilities = {
      progress: true,
      reopen: options.reopen,
      nativeHash: false,
      background: false,
    }
  }

  async open(file: MemoryFile): Promise<ForegroundSource> {
    await this.beforeOpen(file.name)
    return this.#source(file)
  }

  async reopen(ref: Json): Promise<ForegroundSource> {
    await this.beforeOpen(String(ref))
    const file = this.#files.get(String(ref))
    if (file === undefined) throw new UploadError('file_not_found', `There is no ${String(ref)}`)
    return this.#source(file)
  }

  async close(): Promise<void> {
    this.closed = true
  }

  #source(file: MemoryFile): ForegroundSource {
    const { name, bytes, lastModified } = file
    this.opened += 1
    let open = true
    const check = (): void => {
      if (!open) throw new UploadError('internal', `${name} is closed`)
      if (file.bytes !== bytes) throw new UploadError('source_changed', `${name} has changed`)
    }
    return {
      name,
      size: bytes.length,
      lastModified,
      ref: this.capabilities.reopen ? name : undefined,
      read: async ({ start, end }) => {
        await this.beforeRead(name)
        check()
        return bytes.subarray(start, end - this.shortBy)
      },
      put: async ({ url, range, signal, onProgress }) => {
        check()
        const part = bytes.subarray(range.start, range.end)
        return this.#storage.put({ url, range, bytes: part, signal, onProgress })
      },
      close: async () => {
        if (open) this.opened -= 1
        open = false
      },
    }
  }
}
