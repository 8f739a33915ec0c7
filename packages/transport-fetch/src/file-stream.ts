/** Bytes that are asked of a stream at once: what stays in the cache of a core until it is used. */
const PIECE = 256 * 1024

/**
 * Those that are being read. Chromium takes a reader for garbage while only what waits for it holds it, and
 * then that waits for ever.
 */
const reading = new Set<FileStream>()

/**
 * The bytes of a file in a row. The browser reads on in another process while they are used, and always
 * into the same memory: slice after slice takes two to three times as long, since each begins with a
 * round trip, and in fresh memory.
 */
export class FileStream {
  readonly #file: Blob
  readonly #reader: ReadableStreamBYOBReader | undefined
  #memory: Uint8Array<ArrayBuffer> = new Uint8Array(PIECE)
  /** Where in the file the next byte is. */
  position: number

  constructor(file: Blob, start: number) {
    this.#file = file
    this.position = start
    try {
      this.#reader = file.slice(start).stream().getReader({ mode: 'byob' })
    } catch {
      // Where streams of files cannot do that it is slice after slice.
    }
  }

  /** Fills `into` with the next bytes and returns how many: fewer only at the end of the file. */
  async fill(into: Uint8Array): Promise<number> {
    reading.add(this)
    let filled = 0
    try {
      while (filled < into.length) {
        const piece = await this.#read(into.length - filled)
        if (!piece?.length) break
        into.set(piece, filled)
        filled += piece.length
        this.position += piece.length
      }
    } finally {
      reading.delete(this)
    }
    return filled
  }

  async #read(most: number): Promise<Uint8Array | undefined> {
    if (!this.#reader)
      return new Uint8Array(
        await this.#file.slice(this.position, this.position + most).arrayBuffer(),
      )
    const { value } = await this.#reader.read(this.#memory.subarray(0, most))
    if (value) this.#memory = new Uint8Array(value.buffer)
    return value
  }

  close(): void {
    this.#reader?.cancel().catch(() => {
      // It broke already, and whoever read was told why.
    })
  }
}
