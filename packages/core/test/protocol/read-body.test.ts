import { describe, expect, test } from 'vitest'
import type { FetchResponse } from '../../src/ports.ts'
import { readBody } from '../../src/protocol/read-body.ts'

const MIB = 1024 * 1024

/** A body in these pieces; what it threw at the end, and how it was dealt with. */
function streamed(
  pieces: Iterable<Uint8Array | Error>,
  headers: Readonly<Record<string, string>> = {},
) {
  const seen = { pieces: 0, cancelled: 0, asText: 0 }
  const iterator = pieces[Symbol.iterator]()
  const response: FetchResponse = {
    status: 200,
    headers: new Headers(headers),
    body: {
      getReader: () => ({
        async read() {
          const { done, value } = iterator.next()
          if (value instanceof Error) throw value
          seen.pieces += 1
          return done === true ? { done } : { done: false, value }
        },
        async cancel() {
          seen.cancelled += 1
        },
      }),
    },
    text: async () => {
      seen.asText += 1
      return ''
    },
  }
  return { response, seen }
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(MIB)
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a body that is a stream', () => {
  test('is read to its end', async () => {
    const { response, seen } = streamed([bytesOf('{"a":'), bytesOf('1}')])
    expect(await readBody(response, new AbortController())).toBe('{"a":1}')
    expect(seen).toMatchObject({ cancelled: 0, asText: 0 })
  })

  test('is no longer read once it is too large, and its connection is closed', async () => {
    const { response, seen } = streamed(endless())
    const controller = new AbortController()
    expect(await readBody(response, controller)).toBeUndefined()
    expect(seen).toEqual({ pieces: 9, cancelled: 1, asText: 0 })
    expect(controller.signal.aborted).toBe(true)
  })

  test('may be as large as 8 MiB', async () => {
    const { response, seen } = streamed([new Uint8Array(4 * MIB), new Uint8Array(4 * MIB)])
    const text = await readBody(response, new AbortController())
    expect(text).toHaveLength(8 * MIB)
    expect(seen.cancelled).toBe(0)
  })

  test('ends where a piece is nothing', async () => {
    const { response } = streamed([bytesOf('{}'), undefined as never, bytesOf('more')])
    expect(await readBody(response, new AbortController())).toBe('{}')
  })

  test('may be divided within a character, and begin with a byte order mark', async () => {
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf('é€😀')])
    const { response } = streamed([...bytes].map((byte) => new Uint8Array([byte])))
    expect(await readBody(response, new AbortController())).toBe('é€😀')
    const cut = streamed([bytes.subarray(3, 4)])
    expect(await readBody(cut.response, new AbortController())).toBe('\ufffd')
  })

  test('that breaks off rejects with what broke it', async () => {
    const { response, seen } = streamed([bytesOf('{'), new TypeError('terminated')])
    const error = await readBody(response, new AbortController()).catch((cause) => cause)
    expect(error).toEqual(new TypeError('terminated'))
    expect(seen.cancelled).toBe(1)
  })

  test('is given up on abort, whether its platform heeds the signal or not', async () => {
    const { response, seen } = streamed([])
    const hangs: FetchResponse = {
      ...response,
      body: {
        getReader: () => ({
          ...(response.body as NonNullable<FetchResponse['body']>).getReader(),
          read: () => new Promise(() => {}),
        }),
      },
    }
    const controller = new AbortController()
    const reading = readBody(hangs, controller)
    controller.abort()
    await expect(reading).rejects.toThrow('Aborted')
    expect(seen.cancelled).toBe(1)
  })

  test('may say that it is 8 MiB large', async () => {
    const { response } = streamed([bytesOf('{}')], { 'content-length': `${8 * MIB}` })
    expect(await readBody(response, new AbortController())).toBe('{}')
  })

  test('that says that it is too large is not read at all', async () => {
    const { response, seen } = streamed(endless(), { 'content-length': `${9 * MIB}` })
    expect(await readBody(response, new AbortController())).toBeUndefined()
    expect(seen.pieces).toBe(0)
  })
})

test.each([undefined, null])('a body that is %s is read as text', async (body) => {
  const response = {
    status: 200,
    headers: new Headers(),
    ...(body === null && { body }),
    text: async () => 'text',
  }
  expect(await readBody(response, new AbortController())).toBe('text')
})

test.each([
  [8 * MIB, 8 * MIB],
  [8 * MIB + 1, undefined],
])('a text of %d characters is taken up to 8 MiB', async (size, length) => {
  const response = { status: 200, headers: new Headers(), text: async () => 'a'.repeat(size) }
  expect((await readBody(response, new AbortController()))?.length).toBe(length)
})
