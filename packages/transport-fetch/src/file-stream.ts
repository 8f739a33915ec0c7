/**
 * The bytes of a file in a row. The browser reads on in another process while they are used: reading
 * slice after slice takes twice the time, since each begins with a round trip there.
 */
export class FileStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  #position: number
  /** Came with the last chunk, and was not asked for yet. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(file: Blob, start: number) {
    this.#reader = file.slice(start).stream().getReader()
    this.#position = start
  }

  /** Where in the file the next byte is. */
  get position(): number {
    return this.#position
  }

  /** Fills `into` with the next bytes and returns how many: fewer only at the end of the file. */
  async fill(into: Uint8Array): Promise<number> {
    let filled = 0
    while (filled < into.length) {
      if (this.#rest.length === 0) {
        const { value } = await this.#reader.read()
        if (value === undefined) break
        this.#rest = value
      }
      const next = this.#rest.subarray(0, into.length - filled)
      into.set(next, filled)
      this.#rest = this.#rest.subarray(next.length)
      filled += next.length
    }
    this.#position += filled
    return filled
  }

  close(): void {
    this.#reader.cancel().catch(() => {
      // It broke already, and whoever read was told why.
    })
  }
}
