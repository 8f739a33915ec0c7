import { UploadError } from '../../src/errors.ts'
import type { ForegroundSource, Json } from '../../src/ports.ts'
import type { MemoryStorage } from './memory-storage.ts'
import { type MemoryFile, MemoryTransport } from './memory-transport.ts'

/** Keeps every file that it opens, under an id of its own, until it is told to release it. */
export class KeepingTransport extends MemoryTransport {
  readonly kept: Map<string, MemoryFile> = new Map()
  readonly #transcript: string[]
  #opened = 0
  /** Names what the next `open` keeps; undefined: it cannot be kept. */
  idOf: (count: number) => string | undefined = (count) => `k${count}`
  /** Called before anything is freed; may throw or wait. */
  beforeFree: () => void | Promise<void> = () => {}

  constructor(storage: MemoryStorage, transcript: string[]) {
    super(storage, new Map(), { reopen: true })
    this.#transcript = transcript
  }

  override async open(file: MemoryFile): Promise<ForegroundSource> {
    this.#opened += 1
    const id = this.idOf(this.#opened)
    const source = await super.open(file)
    if (id !== undefined) this.kept.set(id, file)
    return { ...source, ref: id }
  }

  override async reopen(ref: Json): Promise<ForegroundSource> {
    const file = this.kept.get(String(ref))
    if (file === undefined) throw new UploadError('file_not_found', 'It is not kept')
    return { ...(await super.open(file)), ref }
  }

  async release(ref: Json): Promise<void> {
    this.#transcript.push(`release ${ref}`)
    await this.beforeFree()
    this.kept.delete(String(ref))
  }

  async retain(refs: readonly Json[]): Promise<void> {
    this.#transcript.push(`retain ${refs}`)
    await this.beforeFree()
    for (const id of this.kept.keys()) if (!refs.includes(id)) this.kept.delete(id)
  }
}
