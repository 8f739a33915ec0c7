import type { HashState } from '../ports.ts'

/**
 * XXH64 with seed 0 in plain JavaScript, for runtimes without WebAssembly (Hermes).
 *
 * A 64-bit word is a pair of 32-bit limbs, since BigInt is slower by a third and more. A stripe is
 * 32 bytes: one 64-bit word for each of four lanes, which do not depend on each other.
 */

/** The primes of XXH64: high limb, low limb. */
const P1H = 0x9e3779b1
const P1L = 0x85ebca87
const P2H = 0xc2b2ae3d
const P2L = 0x27d4eb4f
const P3H = 0x165667b1
const P3L = 0x9e3779f9
const P4H = 0x85ebca77
const P4L = 0xc2b2ae63
const P5H = 0x27d4eb2f
const P5L = 0x165667c5

const STRIPE_BYTES = 32
const STRIPE_WORDS = 8
/** Unaligned input is copied this many words at a time: small enough to stay in the cache. */
const SCRATCH_WORDS = 2048

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** The lanes before any input: high and low limb of lanes 1 to 4. */
export function initialLanes(): Int32Array {
  return new Int32Array([
    0x60ea27ee,
    0xadc0b5d6, // P1 + P2
    P2H,
    P2L,
    0,
    0,
    0x61c8864e,
    0x7a143579, // -P1
  ])
}

/** Makes a streaming XXH64 with seed 0. */
export function createXxh64(): HashState {
  const lanes = initialLanes()
  const pending = new Uint8Array(STRIPE_BYTES)
  let pendingLength = 0
  let length = 0
  let scratch: Int32Array | undefined

  function consume(bytes: Uint8Array, from: number, to: number): void {
    if (LITTLE_ENDIAN && ((bytes.byteOffset + from) & 3) === 0) {
      mixStripes(lanes, new Int32Array(bytes.buffer, bytes.byteOffset + from, (to - from) >>> 2))
      return
    }
    scratch ??= new Int32Array(SCRATCH_WORDS)
    for (let at = from; at < to; at += SCRATCH_WORDS * 4) {
      const words = Math.min(SCRATCH_WORDS, (to - at) / 4)
      for (let word = 0; word < words; word++) scratch[word] = readWord(bytes, at + word * 4)
      mixStripes(lanes, words === SCRATCH_WORDS ? scratch : scratch.subarray(0, words))
    }
  }

  return {
    update(bytes) {
      let at = 0
      length += bytes.length
      if (pendingLength > 0) {
        at = Math.min(STRIPE_BYTES - pendingLength, bytes.length)
        pending.set(bytes.subarray(0, at), pendingLength)
        pendingLength += at
        if (pendingLength < STRIPE_BYTES) return
        consume(pending, 0, STRIPE_BYTES)
        pendingLength = 0
      }
      const end = at + Math.floor((bytes.length - at) / STRIPE_BYTES) * STRIPE_BYTES
      if (end > at) consume(bytes, at, end)
      if (end < bytes.length) {
        pending.set(bytes.subarray(end))
        pendingLength = bytes.length - end
      }
    },
    digest: () => finishXxh64(lanes, pending.subarray(0, pendingLength), length),
  }
}

/** Mixes whole stripes, given as little-endian 32-bit words, into the lanes. */
function mixStripes(lanes: Int32Array, words: Int32Array): void {
  for (let lane = 0; lane < 8; lane += 2) {
    let high = lanes[lane] as number
    let low = lanes[lane + 1] as number
    for (let at = lane; at < words.length; at += STRIPE_WORDS) {
      const inputLow = words[at] as number
      const inputHigh = words[at + 1] as number
      // (high, low) += input * P2
      let a0 = inputLow & 0xffff
      let a1 = inputLow >>> 16
      let middle = (Math.imul(a1, 0xeb4f) + (Math.imul(a0, 0xeb4f) >>> 16)) | 0
      let cross = (Math.imul(a0, 0x27d4) + (middle & 0xffff)) | 0
      const productHigh =
        (Math.imul(a1, 0x27d4) +
          (middle >>> 16) +
          (cross >>> 16) +
          Math.imul(inputLow, P2H) +
          Math.imul(inputHigh, P2L)) |
        0
      const productLow = Math.imul(inputLow, P2L)
      const sum = (low + productLow) | 0
      high = (high + productHigh + (sum >>> 0 < productLow >>> 0 ? 1 : 0)) | 0
      // rotate left by 31
      const rotatedLow = (sum << 31) | (high >>> 1)
      const rotatedHigh = (high << 31) | (sum >>> 1)
      // (high, low) *= P1
      a0 = rotatedLow & 0xffff
      a1 = rotatedLow >>> 16
      middle = (Math.imul(a1, 0xca87) + (Math.imul(a0, 0xca87) >>> 16)) | 0
      cross = (Math.imul(a0, 0x85eb) + (middle & 0xffff)) | 0
      high =
        (Math.imul(a1, 0x85eb) +
          (middle >>> 16) +
          (cross >>> 16) +
          Math.imul(rotatedLow, P1H) +
          Math.imul(rotatedHigh, P1L)) |
        0
      low = Math.imul(rotatedLow, P1L)
    }
    lanes[lane] = high
    lanes[lane + 1] = low
  }
}

/** The two limbs of one 64-bit word, changed in place: finishing a hash is not the hot path. */
class Word {
  high: number
  low: number

  constructor(high: number, low: number) {
    this.high = high | 0
    this.low = low | 0
  }

  add(high: number, low: number): this {
    const sum = (this.low + low) | 0
    this.high = (this.high + high + (sum >>> 0 < low >>> 0 ? 1 : 0)) | 0
    this.low = sum
    return this
  }

  xor(high: number, low: number): this {
    this.high ^= high
    this.low ^= low
    return this
  }

  multiply(high: number, low: number): this {
    const a0 = this.low & 0xffff
    const a1 = this.low >>> 16
    const b0 = low & 0xffff
    const b1 = low >>> 16
    const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0
    const cross = (Math.imul(a0, b1) + (middle & 0xffff)) | 0
    this.high =
      (Math.imul(a1, b1) +
        (middle >>> 16) +
        (cross >>> 16) +
        Math.imul(this.low, high) +
        Math.imul(this.high, low)) |
      0
    this.low = Math.imul(this.low, low)
    return this
  }

  /** By 1 to 31 bits. */
  rotateLeft(bits: number): this {
    const { high, low } = this
    this.high = (high << bits) | (low >>> (32 - bits))
    this.low = (low << bits) | (high >>> (32 - bits))
    return this
  }

  /** this ^= this >>> bits, by 1 to 63 bits. */
  xorShifted(bits: number): this {
    return bits < 32
      ? this.xor(this.high >>> bits, (this.low >>> bits) | (this.high << (32 - bits)))
      : this.xor(0, this.high >>> (bits - 32))
  }
}

/** What one 64-bit input word becomes before it meets the accumulator. */
function round(high: number, low: number): Word {
  return new Word(high, low).multiply(P2H, P2L).rotateLeft(31).multiply(P1H, P1L)
}

/**
 * The digest of a file: 16 lower-case hex digits.
 *
 * @param lanes after all whole stripes; not changed.
 * @param tail the bytes after the last whole stripe.
 * @param length of the whole input in bytes, exact up to 2^53.
 */
export function finishXxh64(lanes: Int32Array, tail: Uint8Array, length: number): string {
  const hash = length < STRIPE_BYTES ? new Word(P5H, P5L) : mergeLanes(lanes)
  hash.add(Math.floor(length / 0x1_0000_0000), length | 0)

  let at = 0
  for (; at + 8 <= tail.length; at += 8) {
    const input = round(readWord(tail, at + 4), readWord(tail, at))
    hash.xor(input.high, input.low).rotateLeft(27).multiply(P1H, P1L).add(P4H, P4L)
  }
  if (at + 4 <= tail.length) {
    const input = new Word(0, readWord(tail, at)).multiply(P1H, P1L)
    hash.xor(input.high, input.low).rotateLeft(23).multiply(P2H, P2L).add(P3H, P3L)
    at += 4
  }
  for (; at < tail.length; at++) {
    const input = new Word(0, tail[at] as number).multiply(P5H, P5L)
    hash.xor(input.high, input.low).rotateLeft(11).multiply(P1H, P1L)
  }

  hash.xorShifted(33).multiply(P2H, P2L).xorShifted(29).multiply(P3H, P3L).xorShifted(32)
  return hexOf(hash.high) + hexOf(hash.low)
}

function mergeLanes(lanes: Int32Array): Word {
  const rotations = [1, 7, 12, 18]
  const laneAt = (index: number) =>
    new Word(lanes[index * 2] as number, lanes[index * 2 + 1] as number)
  const hash = new Word(0, 0)
  rotations.forEach((bits, index) => {
    const rotated = laneAt(index).rotateLeft(bits)
    hash.add(rotated.high, rotated.low)
  })
  rotations.forEach((_, index) => {
    const lane = laneAt(index)
    const input = round(lane.high, lane.low)
    hash.xor(input.high, input.low).multiply(P1H, P1L).add(P4H, P4L)
  })
  return hash
}

/** The little-endian 32-bit word at a byte offset, aligned or not. */
function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

function hexOf(limb: number): string {
  return (limb >>> 0).toString(16).padStart(8, '0')
}
