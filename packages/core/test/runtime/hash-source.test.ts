import { describe, expect, test } from 'vitest'
import { createXxh64 } from '../../src/hash/xxh64.ts'
import type { Hasher, Range, Source } from '../../src/ports.ts'
import { hashSource } from '../../src/runtime/hash-source.ts'
import { bytesOf } from '../support/memory-transport.ts'
import { errorOf, forbidUnhandledRejections } from '../support/world.ts'

forbidUnhandledRejections()

const MIB = 1024 * 1024
const hasher: Hasher = { create: async () => createXxh64() }
const calm = new AbortController().signal

function sourceOf(bytes: Uint8Array, changes: Partial<Source> = {}): Source {
  return {
    name: 'a',
    size: bytes.length,
    lastModified: undefined,
    ref: undefined,
    read: async ({ start, end }) => bytes.subarray(start, end),
    close: async () => {},
    ...changes,
  }
}

function hashOf(bytes: Uint8Array): string {
  const state = createXxh64()
  state.update(bytes)
  return state.digest()
}

describe('hashing a source', () => {
  test.each([0, 1, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 5 * MIB])('of %i bytes', async (size) => {
    const bytes = bytesOf(size)
    const ranges: Range[] = []
    const progress: number[] = []
    const source = sourceOf(bytes, {
      read: async (range) => {
        ranges.push(range)
        return bytes.subarray(range.start, range.end)
      },
    })
    const hash = await hashSource(source, hasher, calm, (sent) => progress.push(sent))
    expect(hash).toBe(hashOf(bytes))
    expect(ranges.length).toBe(Math.ceil(size / (2 * MIB)))
    expect(progress).toEqual(ranges.map(({ end }) => end))
    expect(progress.at(-1) ?? 0).toBe(size)
  })

  test.each([2 * MIB, 2 * MIB + 1, 4 * MIB, 7 * MIB])(
    'reads %i bytes through two buffers at most, which are long enough for every range',
    async (size) => {
      const bytes = bytesOf(size)
      const buffers = new Set<ArrayBufferLike>()
      const source = sourceOf(bytes, {
        read: async ({ start, end }, into) => {
          buffers.add(into.buffer)
          into.set(bytes.subarray(start, end))
          return into.subarray(0, end - start)
        },
      })
      expect(await hashSource(source, hasher, calm, () => {})).toBe(hashOf(bytes))
      expect(buffers.size).toBe(size > 2 * MIB ? 2 : 1)
    },
  )

  test('reads the next range while one is hashed, and never two at once', async () => {
    const bytes = bytesOf(5 * MIB)
    const order: string[] = []
    const source = sourceOf(bytes, {
      read: async ({ start, end }) => {
        order.push(`read ${start / MIB}`)
        await undefined
        order.push('there')
        return bytes.subarray(start, end)
      },
    })
    const noting: Hasher = {
      create: async () => ({
        update: (chunk) => void order.push(`hash ${chunk.length / MIB}`),
        digest: () => '',
      }),
    }
    await hashSource(source, noting, calm, () => {})
    expect(order).toEqual([
      ...['read 0', 'there', 'read 2', 'hash 2', 'there', 'read 4', 'hash 2', 'there', 'hash 1'],
    ])
  })

  test('leaves nothing unhandled where hashing and the next read both fail', async () => {
    const bytes = bytesOf(5 * MIB)
    const source = sourceOf(bytes, {
      read: ({ start, end }) =>
        start > 0 ? Promise.reject(new Error('EIO')) : Promise.resolve(bytes.subarray(start, end)),
    })
    const broken = new Error('out of memory')
    const failing: Hasher = {
      create: async () => ({
        update: () => {
          throw broken
        },
        digest: () => '',
      }),
    }
    expect(await errorOf(hashSource(source, failing, calm, () => {}))).toBe(broken)
  })

  test('is left to the source where it can', async () => {
    const source = sourceOf(bytesOf(8), {
      read: () => Promise.reject(new Error('not me')),
      hash: async ({ onProgress }) => {
        onProgress(8)
        return 'native'
      },
    })
    const progress: number[] = []
    expect(await hashSource(source, hasher, calm, (bytes) => progress.push(bytes))).toBe('native')
    expect(progress).toEqual([8])
  })

  test.each([-1, 1])('fails as source_changed when a read is off by %i', async (by) => {
    const source = sourceOf(bytesOf(8), { read: async () => new Uint8Array(8 + by) })
    expect(await errorOf(hashSource(source, hasher, calm, () => {}))).toMatchObject({
      code: 'source_changed',
    })
  })

  test('stops when it is aborted', async () => {
    const abort = new AbortController()
    let reads = 0
    const source = sourceOf(bytesOf(5 * MIB), {
      read: async ({ start, end }) => {
        reads += 1
        abort.abort()
        return new Uint8Array(end - start)
      },
    })
    const work = hashSource(source, hasher, abort.signal, () => {})
    expect(await errorOf(work)).toMatchObject({ code: 'cancelled' })
    expect(reads).toBe(1)
  })

  test('passes on what the source throws', async () => {
    const broken = new Error('EIO')
    const source = sourceOf(bytesOf(8), { read: () => Promise.reject(broken) })
    expect(await errorOf(hashSource(source, hasher, calm, () => {}))).toBe(broken)
  })
})
