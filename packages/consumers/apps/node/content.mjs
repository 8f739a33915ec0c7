/** Bytes that are the same every time and differ from part to part. */
export function contentOf(size) {
  const bytes = new Uint8Array(size)
  for (let at = 0, state = 1; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}
