import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as xxhash from 'xxhash-wasm'
import { instantiateWasm } from '../../src/hash/wasm.ts'
import { createXxh64, finishXxh64, initialLanes } from '../../src/hash/xxh64.ts'
import type { HashState } from '../../src/ports.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const { h64Raw } = await xxhash.default()
const encoder = new TextEncoder()

/** One-shot hash by xxhash-wasm: another code path than its streaming one. */
function expected(bytes: Uint8Array): string {
  return h64Raw(bytes).toString(16).padStart(16, '0')
}

function bytesOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = (Math.imul(at + 1, 0x9e3779b1) >>> 24) ^ at
  return bytes
}

/** What the native sides of React Native are checked against; its LEDGER.md says what is in it. */
const vectors: {
  readonly xxh64: {
    readonly ruled: readonly string[]
    readonly repeated: readonly { text: string; times: number; hash: string }[]
  }
} = JSON.parse(
  readFileSync(
    new URL('../../../transport-react-native/test-vectors.json', import.meta.url),
    'utf8',
  ),
)

const implementations: [string, () => HashState][] = [
  ['plain JavaScript', createXxh64],
  ['WebAssembly', await instantiateWasm(xxhash)],
]

describe.each(implementations)('XXH64 in %s', (_, create) => {
  async function hash(...chunks: Uint8Array[]): Promise<string> {
    const state = create()
    for (const chunk of chunks) state.update(chunk)
    return state.digest()
  }

  test('agrees with the vectors that Android and iOS are checked against', async () => {
    const { ruled, repeated } = vectors.xxh64
    expect(ruled).toHaveLength(101)
    for (const [length, wanted] of ruled.entries()) {
      const bytes = Uint8Array.from({ length }, (_, at) => 31 * at + 17 * length + (at >> 3))
      expect(await hash(bytes), `${length} bytes`).toBe(wanted)
    }
    expect(repeated).not.toHaveLength(0)
    for (const { text, times, hash: wanted } of repeated) {
      const whole = encoder.encode(text.repeat(times))
      const middle = Math.floor(whole.length / 3) + 1
      expect(await hash(whole.subarray(0, middle), whole.subarray(middle)), text).toBe(wanted)
    }
  })

  test.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
    ['message digest', '066ed728fceeb3be'],
    ['abcdefghijklmnopqrstuvwxyz', 'cfe1f278fa89835c'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'aaa46907d3047814'],
    ['1234567890'.repeat(8), 'e04a477f19ee145d'],
    ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ])('the published vector of %j', async (text, digest) => {
    expect(await hash(encoder.encode(text))).toBe(digest)
  })

  test('every length from 0 to 200', async () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = bytesOf(length)
      expect(await hash(bytes), `${length} bytes`).toBe(expected(bytes))
    }
  })

  test('every cut into two', async () => {
    const bytes = bytesOf(100)
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(await hash(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(expected(bytes))
    }
  })

  test('any bytes in any chunks at any alignment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }),
        fc.nat({ max: 7 }),
        async (chunks, shift) => {
          const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
          const state = create()
          let at = 0
          for (const chunk of chunks) {
            const shifted = new Uint8Array(chunk.length + shift).subarray(shift)
            shifted.set(chunk)
            state.update(shifted)
            whole.set(chunk, at)
            at += chunk.length
          }
          expect(state.digest()).toBe(expected(whole))
        },
      ),
    )
  })

  test.each([0, 1, 2, 3])('large input, %i bytes off alignment', async (offset) => {
    const bytes = bytesOf(9 * 1024 * 1024 + 13).subarray(offset)
    const digest = expected(bytes)
    expect(await hash(bytes)).toBe(digest)
    const chunks: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += 1_000_003)
      chunks.push(bytes.subarray(at, at + 1_000_003))
    expect(await hash(...chunks)).toBe(digest)
  })

  test('a digest that begins with zeros keeps its 16 digits', async () => {
    let input = 0
    while (h64Raw(encoder.encode(String(input))) >> 52n !== 0n) input++
    const bytes = encoder.encode(String(input))
    expect(await hash(bytes)).toMatch(/^000[0-9a-f]{13}$/)
    expect(await hash(bytes)).toBe(expected(bytes))
  })

  test('digest does not disturb the state, and states do not disturb each other', async () => {
    const bytes = bytesOf(150)
    const [one, other] = [await create(), await create()]
    one.update(bytes.subarray(0, 75))
    other.update(bytes.subarray(75))
    expect(one.digest()).toBe(expected(bytes.subarray(0, 75)))
    one.update(bytes.subarray(75))
    expect(one.digest()).toBe(expected(bytes))
    expect(one.digest()).toBe(expected(bytes))
    expect(other.digest()).toBe(expected(bytes.subarray(75)))
  })
})

describe('the end of an XXH64', () => {
  const mask = (1n << 64n) - 1n
  const [p1, p2, p3, p4, p5] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ] as const
  const rotate = (word: bigint, bits: bigint) => ((word << bits) | (word >> (64n - bits))) & mask
  const round = (word: bigint) => (rotate((word * p2) & mask, 31n) * p1) & mask

  /** The specification in BigInt, to compare with where a real input would take minutes to hash. */
  function reference(lanes: readonly bigint[], tail: Uint8Array, length: number): string {
    let hash: bigint = p5
    if (length >= 32) {
      hash = [1n, 7n, 12n, 18n].reduce((sum, bits, i) => sum + rotate(lanes[i] ?? 0n, bits), 0n)
      for (const lane of lanes) hash = ((hash ^ round(lane)) * p1 + p4) & mask
    }
    hash = (hash + BigInt(length)) & mask
    const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
    let at = 0
    for (; at + 8 <= tail.length; at += 8)
      hash = (rotate(hash ^ round(view.getBigUint64(at, true)), 27n) * p1 + p4) & mask
    if (at + 4 <= tail.length) {
      hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask
      at += 4
    }
    for (; at < tail.length; at++)
      hash = (rotate(hash ^ ((BigInt(tail[at] ?? 0) * p5) & mask), 11n) * p1) & mask
    hash = ((hash ^ (hash >> 33n)) * p2) & mask
    hash = ((hash ^ (hash >> 29n)) * p3) & mask
    return (hash ^ (hash >> 32n)).toString(16).padStart(16, '0')
  }

  const word = fc.bigInt({ min: 0n, max: mask })
  const tails = fc.uint8Array({ maxLength: 31 })

  /** Lanes after any input are any words: only the length tells how long the input was. */
  function expectAsReference(lanes: bigint[], tail: Uint8Array, length: number): void {
    const limbs = lanes.flatMap((lane) => [Number(lane >> 32n) | 0, Number(lane & 0xffffffffn) | 0])
    expect(finishXxh64(new Int32Array(limbs), tail, length)).toBe(reference(lanes, tail, length))
  }

  test('any lanes, tail and length as the specification says', () => {
    fc.assert(
      fc.property(
        fc.tuple(word, word, word, word),
        tails,
        fc.integer({ min: 1, max: 2 ** 48 }),
        (lanes, tail, stripes) => {
          expectAsReference(lanes, tail, stripes * 32 + tail.length)
        },
      ),
    )
  })

  test.each([2 ** 31, 2 ** 32 - 32, 2 ** 32, 2 ** 32 + 32, 5 * 2 ** 40, 2 ** 53 - 32])(
    'a length of %i bytes',
    (length) => {
      expectAsReference([1n, 2n ** 63n, mask, 0n], new Uint8Array(0), length)
    },
  )

  test('the lanes begin as the specification says', () => {
    const lanes = [p1 + p2, p2, 0n, -p1].map((lane) => lane & mask)
    const limbs = lanes.flatMap((lane) => [Number(lane >> 32n) | 0, Number(lane & 0xffffffffn) | 0])
    expect([...initialLanes()]).toEqual(limbs)
  })
})
