/** Bytes of one buffer: larger ones are hardly faster, smaller ones cost more calls. */
export const BUFFER_BYTES: number = 1024 * 1024

/** Buffers in use up to which read-ahead is granted: bounds memory when many parts are sent. */
const READ_AHEAD_BELOW = 8

/** Idle buffers that are kept for reuse. */
const KEPT = 16

/** Recycles buffers, since a fresh one costs page faults for every page. */
export class BufferPool {
  readonly #idle: Uint8Array[] = []
  #inUse = 0

  /** A buffer to send from. Always granted, so that a stuck part cannot starve the others. */
  take(): Uint8Array {
    this.#inUse++
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
  }

  /** A second buffer to read ahead into, unless many are in use. */
  takeSpare(): Uint8Array | undefined {
    return this.#inUse < READ_AHEAD_BELOW ? this.take() : undefined
  }

  /** Takes back a buffer that nothing reads or writes any more. */
  recycle(buffer: Uint8Array): void {
    this.#inUse--
    if (this.#idle.length < KEPT) this.#idle.push(buffer)
  }

  /** Forgets a buffer that a cancelled read or write may still touch. */
  drop(): void {
    this.#inUse--
  }
}
