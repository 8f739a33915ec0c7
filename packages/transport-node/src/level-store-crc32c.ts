const TABLE = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  TABLE[byte] = crc
}

/** CRC-32C in the form in which LevelDB stores it. */
export function maskedCrc32c(...pieces: readonly Uint8Array[]): number {
  let crc = -1
  for (const piece of pieces) {
    // Not for...of: this goes over every byte of the journal.
    for (let at = 0; at < piece.length; at++) {
      crc = (TABLE[(crc ^ (piece[at] as number)) & 0xff] as number) ^ (crc >>> 8)
    }
  }
  crc = ~crc
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
