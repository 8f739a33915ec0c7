/** A cheap hash of contents that looks like an XXH64: 16 lower-case hex digits. */
export class ContentHash {
  #low = 0x811c9dc5
  #high = 0x2f0b4c27

  update(bytes: Uint8Array): void {
    let low = this.#low
    let high = this.#high
    for (let at = 0; at < bytes.length; at += 1) {
      low = Math.imul(low ^ (bytes[at] ?? 0), 0x01000193)
      high = Math.imul(high ^ (low >>> 7), 0x5bd1e995) + at
    }
    this.#low = low
    this.#high = high
  }

  digest(): string {
    return hex(this.#low) + hex(this.#high)
  }
}

export function hashOf(bytes: Uint8Array): string {
  const hash = new ContentHash()
  hash.update(bytes)
  return hash.digest()
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
