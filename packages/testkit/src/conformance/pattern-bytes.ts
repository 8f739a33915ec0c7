/**
 * Bytes that differ from place to place and from seed to seed, so that every mix-up shows. The same
 * everywhere: their hashes are known.
 */
export function patternBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = Math.imul(seed, 0x9e3779b1)
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[at] = state >>> 24
  }
  return bytes
}
