const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES: ReadonlyMap<number, number> = new Map(
  [...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]),
)
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Decodes base64 into the beginning of `into` and returns how many bytes that were. Not every
 * Hermes has `atob`. Line ends and padding are passed over: Android may write both.
 *
 * @throws RangeError when it holds anything else, or more bytes than fit.
 */
export function decodeBase64(text: string, into: Uint8Array): number {
  let length = 0
  let bits = 0
  let pending = 0
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at)
    const value = VALUES.get(letter)
    if (value === undefined) {
      if (letter === LINE_FEED || letter === CARRIAGE_RETURN || text[at] === '=') continue
      throw new RangeError(`No base64 at ${at}`)
    }
    pending = ((pending << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    if (length === into.length) throw new RangeError(`More than ${into.length} bytes of base64`)
    into[length] = pending >> bits
    length += 1
  }
  return length
}
