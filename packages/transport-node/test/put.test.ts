import { createHash } from 'node:crypto'
import { truncateSync, utimesSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { BUFFER_BYTES } from '../src/buffers.ts'
import { bodyOf, serve, serveRaw, serveSecurely, signpost } from './loopback.ts'
import { openSource, part, testTransport } from './part.ts'
import { patternOf, sparseFile, temporaryFile } from './temporary-file.ts'

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Answers every part with the hash of its bytes as ETag. */
async function hashingStorage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of request) hash.update(chunk)
  response.writeHead(200, { etag: `"${hash.digest('hex')}"` }).end()
}

test.each([
  0,
  1,
  1000,
  BUFFER_BYTES - 1,
  BUFFER_BYTES,
  BUFFER_BYTES + 1,
  2 * BUFFER_BYTES,
  5 * BUFFER_BYTES + 12_345,
])('a part of %i bytes arrives as it is, and progress tells all of it', async (length) => {
  const bytes = patternOf(length + 20)
  const source = await openSource(await temporaryFile(bytes))
  const origin = await serve(hashingStorage)
  const progress: number[] = []
  const answer = await source.put(
    part(source, `${origin}/key`, {
      range: { start: 10, end: 10 + length },
      onProgress: (sent) => progress.push(sent),
    }),
  )
  expect(answer.status).toBe(200)
  expect(answer.headers.etag).toBe(`"${sha(bytes.subarray(10, 10 + length))}"`)
  expect(answer.body).toBeUndefined()
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  expect(progress.at(-1) ?? 0).toBe(length)
})

test('the request is the URL as received, Host, Content-Length and nothing of its own', async () => {
  const received = signpost<string>()
  const host = await serveRaw((socket) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.endsWith('hello')) return
      received.reach(text)
      socket.end('HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n')
    })
  })
  const source = await openSource(await temporaryFile('hello'))
  const path = '/a/../b/./c//%2e%2E/x|y\\z?X-Amz-Signature=a|b"{c}\'d^`[e]&f=%7Eg%zz+h'
  await source.put(part(source, `http://${host}${path}#fragment`))
  expect(await received.reached).toBe(
    `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 5\r\nConnection: keep-alive\r\n\r\nhello`,
  )
})

test.each([
  ['ftp://h/key?secret', 'is not an http: or https: URL'],
  ['http://user:secret@h/key', 'holds a user name or password'],
  ['http://h/a key?secret', 'holds a space, a control or a non-ASCII character'],
])('the URL %s is refused, and not quoted', async (url, problem) => {
  const source = await openSource(await temporaryFile('hello'))
  await expect(source.put(part(source, url))).rejects.toMatchObject({
    code: 'response_invalid',
    message: `The presigned URL of a part ${problem}`,
  })
})

test.each([400, 403, 404, 500, 503])('the status %i is data, with its body', async (status) => {
  const origin = await serve(async (request, response) => {
    await bodyOf(request)
    response.writeHead(status, { 'Retry-After': '7' }).end('<Code>SlowDown</Code>')
  })
  const source = await openSource(await temporaryFile('hello'))
  const answer = await source.put(part(source, origin))
  expect(answer).toMatchObject({ status, body: '<Code>SlowDown</Code>' })
  expect(answer.headers['retry-after']).toBe('7')
})

test('a redirect is data and is not followed', async () => {
  const urls: (string | undefined)[] = []
  const origin = await serve(async (request, response) => {
    urls.push(request.url)
    await bodyOf(request)
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  const source = await openSource(await temporaryFile('hello'))
  const answer = await source.put(part(source, `${origin}/key`))
  expect(answer).toMatchObject({ status: 307, headers: { location: '/elsewhere' } })
  expect(urls).toEqual(['/key'])
})

test('a header that comes twice is joined, and an ETag is one ETag', async () => {
  const origin = await serve(async (request, response) => {
    await bodyOf(request)
    response.setHeader('x-amz-meta', ['a', 'b'])
    response.setHeader('set-cookie', ['c=1', 'd=2'])
    response.setHeader('etag', ['"1"', '"1"'])
    response.end()
  })
  const source = await openSource(await temporaryFile('hello'))
  const { headers } = await source.put(part(source, origin))
  expect(headers).toMatchObject({ 'x-amz-meta': 'a, b', 'set-cookie': 'c=1, d=2', etag: '"1"' })
})

test('informational answers are passed over', async () => {
  const origin = await serve(async (request, response) => {
    response.writeProcessing()
    response.writeEarlyHints({ link: '</a>; rel=preload' })
    await bodyOf(request)
    response.writeHead(200, { etag: '"1"' }).end()
  })
  const source = await openSource(await temporaryFile('hello'))
  expect((await source.put(part(source, origin))).headers.etag).toBe('"1"')
})

test('parts one after the other use one connection, whatever was answered', async () => {
  const ports = new Set<number | undefined>()
  const statuses = [200, 403, 200, 503, 200]
  const bodies = ['', 'denied', 'not empty', 'x'.repeat(50_000), '']
  let turn = 0
  const origin = await serve(async (request, response) => {
    ports.add(request.socket.remotePort)
    await bodyOf(request)
    response.writeHead(statuses[turn] ?? 500).end(bodies[turn++])
  })
  const source = await openSource(await temporaryFile(patternOf(2_000_000)))
  for (const status of statuses) {
    expect((await source.put(part(source, origin))).status).toBe(status)
  }
  expect(ports.size).toBe(1)
})

test.each([
  [100, 300_000],
  [40, BUFFER_BYTES + 300_000], // more than get a buffer for read-ahead
])('%i parts of %i bytes at once arrive unmixed', async (parts, length) => {
  const bytes = patternOf(parts * length)
  const source = await openSource(await temporaryFile(bytes))
  const origin = await serve(hashingStorage)
  await Promise.all(
    Array.from({ length: parts }, async (_, at) => {
      const range = { start: at * length, end: (at + 1) * length }
      const { headers } = await source.put(part(source, `${origin}/${at}`, { range }))
      expect(headers.etag).toBe(`"${sha(bytes.subarray(range.start, range.end))}"`)
    }),
  )
})

test('slow readers get the right bytes, though buffers are recycled', async () => {
  const bytes = patternOf(12 * BUFFER_BYTES + 7)
  const source = await openSource(await temporaryFile(bytes))
  const origin = await serve(
    async (request, response) => {
      const hash = createHash('sha256')
      request.on('data', (chunk) => {
        hash.update(chunk)
        // Takes a few turns of the event loop for each bite, so that the sender has to wait.
        request.pause()
        setImmediate(() => setImmediate(() => request.resume()))
      })
      request.on('end', () => response.writeHead(200, { etag: `"${hash.digest('hex')}"` }).end())
    },
    (server) => server.on('connection', (socket) => socket.setNoDelay(true)),
  )
  const third = 4 * BUFFER_BYTES
  const ranges = [0, third, 2 * third].map((start) => ({ start, end: start + third + 7 }))
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(
      ranges.map((range) => source.put(part(source, origin, { range }))),
    )
    expect(answers.map(({ headers }) => headers.etag)).toEqual(
      ranges.map(({ start, end }) => `"${sha(bytes.subarray(start, end))}"`),
    )
  }
})

test('no memory is taken for each piece of a part, and none for the parts after the first', async () => {
  const source = await openSource(await temporaryFile(patternOf(20 * BUFFER_BYTES)))
  const origin = await serve(hashingStorage)
  const taken = vi.spyOn(Buffer, 'allocUnsafeSlow')
  const large = () => taken.mock.calls.filter(([bytes]) => bytes === BUFFER_BYTES).length
  await source.put(part(source, `${origin}/key`))
  expect(large()).toBe(2)
  for (let more = 0; more < 3; more += 1) await source.put(part(source, `${origin}/key`))
  expect(large()).toBe(2)
  taken.mockRestore()
})

test('a range beyond 4 GiB arrives', async () => {
  const size = 5 * 2 ** 30
  const tail = patternOf(1_500_000)
  const source = await openSource(await sparseFile(size, tail))
  const origin = await serve(hashingStorage)
  const range = { start: size - tail.length, end: size }
  const { headers } = await source.put(part(source, origin, { range }))
  expect(headers.etag).toBe(`"${sha(tail)}"`)
})

test('over TLS, kept alive', async () => {
  const bytes = patternOf(3_000_000)
  const ports = new Set<number | undefined>()
  const origin = await serveSecurely(async (request, response) => {
    ports.add(request.socket.remotePort)
    await hashingStorage(request, response)
  })
  const source = await openSource(await temporaryFile(bytes))
  for (const host of [origin, origin]) {
    const { headers } = await source.put(part(source, `${host}/key`))
    expect(headers.etag).toBe(`"${sha(bytes)}"`)
  }
  expect(ports.size).toBe(1)
})

test('a certificate that nothing vouches for breaks the exchange', async () => {
  const origin = await serveSecurely((_, response) => response.end())
  const source = await openSource(await temporaryFile('hello'))
  const elsewhere = origin.replace('127.0.0.1', '127.0.0.2')
  await expect(source.put(part(source, `${elsewhere}/?secret`))).rejects.not.toMatchObject({
    message: expect.stringContaining('secret'),
  })
})

/** Counts what arrives of a part that never becomes whole. */
async function countingStorage(): Promise<{ origin: string; received: Promise<number> }> {
  const received = signpost<number>()
  const origin = await serve((request) => {
    let bytes = 0
    request.on('data', (chunk) => {
      bytes += chunk.length
    })
    request.on('error', () => {})
    request.on('close', () => received.reach(bytes))
  })
  return { origin, received: received.reached }
}

test('of a file that changed before, nothing is sent', async () => {
  const path = await temporaryFile('hello')
  const source = await openSource(path)
  utimesSync(path, 1, 1)
  const origin = await serve(() => expect.unreachable())
  await expect(source.put(part(source, origin))).rejects.toMatchObject({ code: 'source_changed' })
})

test('nor while another part keeps the file open', async () => {
  const path = await temporaryFile(patternOf(3 * BUFFER_BYTES))
  const source = await openSource(path)
  const begun = signpost()
  const stuck = await serve(() => begun.reach())
  const controller = new AbortController()
  const { signal } = controller
  const first = source.put(part(source, stuck, { signal }))
  const failed = expect(first).rejects.toThrow()
  await begun.reached
  utimesSync(path, 1, 1)
  const origin = await serve(() => expect.unreachable())
  await expect(source.put(part(source, origin))).rejects.toMatchObject({ code: 'source_changed' })
  controller.abort()
  await failed
})

test.each<[string, (path: string) => void]>([
  ['changes', (path) => utimesSync(path, 1, 1)],
  ['is cut off', (path) => truncateSync(path, 1000)],
])('a file that %s while it is sent never becomes a whole part', async (_, change) => {
  const length = 3 * BUFFER_BYTES
  const path = await temporaryFile(patternOf(length))
  const source = await openSource(path)
  const { origin, received } = await countingStorage()
  const putting = source.put(part(source, origin, { onProgress: () => change(path) }))
  await expect(putting).rejects.toMatchObject({ code: 'source_changed' })
  expect(await received).toBeLessThan(length)
})

test('a range past the end of the file is a change', async () => {
  const origin = await serve(hashingStorage)
  const source = await openSource(await temporaryFile('hello'))
  await expect(
    source.put(part(source, origin, { range: { start: 0, end: 6 } })),
  ).rejects.toMatchObject({ code: 'source_changed' })
})

test('after close, connections are gone', async () => {
  const closed = signpost()
  const origin = await serve(hashingStorage, (server) =>
    server.on('connection', (socket) => socket.on('close', () => closed.reach())),
  )
  const transport = testTransport()
  const source = await transport.open(await temporaryFile('hello'))
  await source.put(part(source, origin))
  await transport.close?.()
  await closed.reached
})
