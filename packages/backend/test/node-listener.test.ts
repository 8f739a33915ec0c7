import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { nodeListener } from '../src/node/index.ts'
import { addressOf, backend, HASH } from './fixture.ts'

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends raw bytes and answers all that comes back until the server closes. */
async function raw(origin: string, text: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.write(text)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

async function postJson<T>(url: string, body: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as T }
}

test('a file goes through a real server', async () => {
  const { handler, storage } = await backend({ partSizeFor: () => 1 << 20 })
  const origin = await listen(nodeListener(handler))
  const content = Buffer.alloc(2.5 * 2 ** 20, 'some bytes that repeat ')
  const { body: upload } = await postJson<{ key: string; uploadId: string }>(`${origin}/start/`, {
    fileName: 'ä b.bin',
    fileHash: HASH,
    fileSize: content.length,
  })
  const { body } = await postJson<{ urls: Record<string, string> }>(`${origin}/urls/`, {
    ...upload,
    parts: [1, 2, 3],
  })
  const parts = await Promise.all(
    Object.entries(body.urls).map(async ([PartNumber, url]) => {
      const start = (Number(PartNumber) - 1) * 2 ** 20
      const part = content.subarray(start, start + 2 ** 20)
      const response = await fetch(url, { method: 'PUT', body: part })
      expect(response.status).toBe(200)
      return { PartNumber: Number(PartNumber), ETag: response.headers.get('etag') }
    }),
  )
  const completed = await postJson(`${origin}/complete/${addressOf(upload)}`, { parts })
  expect(completed.status).toBe(200)
  const object = await readFile(storage.objectPath(upload.key))
  expect(object.equals(content)).toBe(true)
})

test('a part whose client goes away leaves nothing, and the server goes on', async () => {
  const { handler, start, urls, post, errors } = await backend({ partSizeFor: () => 1 << 20 })
  const answered: Promise<Response>[] = []
  const origin = await listen(
    nodeListener(
      Object.assign((request: Request) => handler(request), {
        servePart: (part: Parameters<typeof handler.servePart>[0]) => {
          const response = handler.servePart(part)
          if (response !== undefined) answered.push(response)
          return response
        },
      }),
    ),
  )
  const upload = await start('x'.repeat(1000))
  const { pathname, search } = new URL((await urls(upload, [1]))[1] ?? '')
  const request = httpRequest(origin + pathname + search, {
    method: 'PUT',
    headers: { 'content-length': 1000 },
  })
  request.on('error', () => {})
  await new Promise<void>((resolve) => request.write('half', () => resolve()))
  while (answered.length === 0) await new Promise(setImmediate)
  request.destroy()
  expect((await answered[0])?.status).toBe(400)
  expect((await post(`/list-parts/${addressOf(upload)}`)).body).toEqual({ parts: [] })
  expect(errors).toEqual([])

  const whole = await fetch(origin + pathname + search, { method: 'PUT', body: 'x'.repeat(1000) })
  expect(whole.status).toBe(200)
})

test('a refused part is answered, and its connection used again', async () => {
  const { handler, start, urls, clock } = await backend({ partSizeFor: () => 8 << 20 })
  const origin = await listen(nodeListener(handler))
  const upload = await start('x'.repeat(4 << 20))
  const { pathname, search } = new URL((await urls(upload, [1]))[1] ?? '')
  clock.now += 3_600_000
  for (const body of [Buffer.alloc(4 << 20), Buffer.alloc(5 << 20)]) {
    const response = await fetch(origin + pathname + search, { method: 'PUT', body })
    expect(response.status).toBe(403)
    expect(await response.text()).toMatch('Request has expired')
  }
})

test('chunked bodies are taken, and refused where they are too long', async () => {
  const { handler, start, urls } = await backend()
  const origin = await listen(nodeListener(handler))
  const { pathname, search } = new URL((await urls(await start('abcdef'), [1]))[1] ?? '')
  const put = (body: string) =>
    raw(
      origin,
      `PUT ${pathname}${search} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n` +
        `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    )
  expect(await put('abcd')).toMatch(/^HTTP\/1\.1 200 /)
  expect(await put('abcde')).toMatch('EntityTooLarge')
})

test('a body refused while it comes in is answered at once, read to its end, and forgotten', async () => {
  const { handler, start, urls } = await backend()
  const origin = await listen(nodeListener(handler))
  const { pathname, search } = new URL((await urls(await start('abcdef'), [1]))[1] ?? '')
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  let answers = ''
  const answered = async (text: string) => {
    while (!answers.includes(text)) answers += String((await once(socket, 'data'))[0])
    answers = ''
  }
  socket.write(
    `PUT ${pathname}${search} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n`,
  )
  await answered('EntityTooLarge')
  const more = `${(1 << 20).toString(16)}\r\n${'x'.repeat(1 << 20)}\r\n`
  socket.write(`${more}${more}0\r\n\r\nGET /next HTTP/1.1\r\nhost: h\r\n\r\n`)
  await answered('NotFound')
})

test('HEAD is answered without a body, unknown methods and odd targets with a refusal', async () => {
  const { handler } = await backend()
  const origin = await listen(nodeListener(handler))
  const ask = (line: string, host = 'h') =>
    raw(origin, `${line} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  expect(await ask('HEAD /start')).toMatch(/^HTTP\/1\.1 405 [\s\S]*\r\n\r\n$/)
  expect(await ask('TRACE /start')).toMatch(/^HTTP\/1\.1 405 /)
  expect(await ask('OPTIONS *')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await ask('GET /start', 'a b')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await ask('POST //evil.test/start')).toMatch(/^HTTP\/1\.1 404 /)
})

test('a client that goes away aborts the signal of the request', async () => {
  let aborted: () => void = () => {}
  const gone = new Promise<void>((resolve) => {
    aborted = resolve
  })
  const origin = await listen(
    nodeListener(async (request) => {
      request.signal.addEventListener('abort', aborted)
      client.destroy()
      await gone
      return new Response('too late')
    }),
  )
  const client = httpRequest(origin, { method: 'POST' })
  client.on('error', () => {})
  client.end()
  await gone
})

test('a handler that rejects is a 500', async () => {
  const origin = await listen(nodeListener(() => Promise.reject(new Error('secret'))))
  const response = await fetch(origin)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('')
})

test('a long answer arrives whole', async () => {
  const chunks = Array.from({ length: 200 }, (_, index) => new Uint8Array(1 << 16).fill(index))
  const origin = await listen(nodeListener(async () => new Response(ReadableStream.from(chunks))))
  const response = await fetch(origin)
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(chunks))).toBe(true)
})
