const PIECE_BYTES = 1024 * 1024
const MARK_BYTES = 8

/** One MiB of noise, always the same. */
function noise(): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(PIECE_BYTES / 4)
  let state = 0x9e3779b9
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return new Uint8Array(words.buffer)
}

/**
 * The pieces of a file for tests: noise, but every MiB begins with its number, so that no two parts
 * are the same. `repeat` makes of the noise what the pieces are to refer to: a Blob is stored once,
 * however often it is repeated.
 *
 * @param bytes of the whole file
 */
export function* contentOf<T extends { slice(start: number, end: number): T }>(
  bytes: number,
  repeat: (noise: Uint8Array<ArrayBuffer>) => T,
): Generator<T | Uint8Array<ArrayBuffer>> {
  const rest = repeat(noise().slice(MARK_BYTES))
  for (let start = 0, number = 1; start < bytes; start += PIECE_BYTES, number++) {
    const left = Math.min(PIECE_BYTES, bytes - start)
    const mark = new Uint8Array(MARK_BYTES)
    new DataView(mark.buffer).setUint32(0, number)
    yield mark.slice(0, left)
    if (left > MARK_BYTES) yield rest.slice(0, left - MARK_BYTES)
  }
}
