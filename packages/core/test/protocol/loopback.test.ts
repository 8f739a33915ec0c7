import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type BackendClient, createBackendClient } from '../../src/protocol/backend-client.ts'
import { parseConfig } from '../../src/protocol/config.ts'
import { calm, clock, failureOf } from './wire.ts'

// What no mock of fetch shows: real sockets, with the platform's own fetch.

let server: Server | undefined
const seen: string[] = []

async function serve(answer: (response: ServerResponse) => void): Promise<BackendClient> {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    answer(response)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return clientAt((server.address() as AddressInfo).port)
}

function clientAt(port: number): BackendClient {
  const base = `http://127.0.0.1:${port}`
  const config = parseConfig({
    startUploadApi: `${base}/start?code=5ec2e75ec2e7`,
    getUploadUrlsApi: `${base}/urls`,
    completeApi: `${base}/complete/`,
  })
  return createBackendClient({ fetch, clock, config: () => config })
}

afterEach(async () => {
  seen.length = 0
  server?.closeAllConnections()
  await new Promise<unknown>((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  server = undefined
})

const file = { fileName: 'a', fileHash: '0123456789abcdef', fileSize: 1 }

test('the paths on the wire', async () => {
  const client = await serve((response) => response.end('{}'))
  await client.start(file, calm())
  await client.urls({ key: 'k', uploadId: 'i', parts: [1] }, calm())
  await client.complete({ key: "a b/%2e%2e/ü+='!.mp4", uploadId: 'i/../d', parts: [] }, calm())
  expect(seen).toEqual([
    'POST /start/?code=5ec2e75ec2e7',
    'POST /urls/',
    'POST /complete/i%2F..%2Fd/a%20b/%252e%252e/%C3%BC%2B%3D%27%21.mp4',
  ])
})

test('a redirect is not followed', async () => {
  const client = await serve((response) =>
    response.writeHead(307, { location: '/start?code=5ec2e75ec2e7' }).end(),
  )
  expect(failureOf(await client.start(file, calm()))).toMatchObject({
    kind: 'status',
    status: 307,
    message: 'startUpload answered 307, and redirects are not followed',
  })
  expect(seen).toHaveLength(1)
})

test('a port where nobody listens', async () => {
  const client = await serve(() => {})
  await new Promise((resolve) => server?.close(resolve))
  server = undefined
  expect(failureOf(await client.start(file, calm()))).toMatchObject({
    kind: 'exchange',
    message: 'startUpload got no answer (TypeError, ECONNREFUSED)',
  })
})

test('an answer that is cut off', async () => {
  const client = await serve((response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"key":', () => response.destroy())
  })
  expect(failureOf(await client.start(file, calm()))).toMatchObject({
    kind: 'exchange',
    message: expect.stringMatching(/^The answer to startUpload was cut off \(TypeError/),
  })
})

test('an answer too large to be one of ours is not waited for', async () => {
  let closed: Promise<unknown> | undefined
  const client = await serve((response) => {
    closed = once(response, 'close')
    response.writeHead(200, { 'content-length': String(2 ** 40) })
    response.write('{')
  })
  expect(failureOf(await client.start(file, calm()))).toMatchObject({
    kind: 'unusable',
    message: 'startUpload answered 200, but the body is larger than 8 MiB',
  })
  await closed
})

test('an answer without an end is read no further than 8 MiB', async () => {
  let closed: Promise<unknown> | undefined
  let sent = 0
  const client = await serve((response) => {
    closed = once(response, 'close')
    response.writeHead(200)
    const chunk = Buffer.alloc(256 * 1024, ' ')
    const send = (): void => {
      while (response.writable && response.write(chunk)) sent += chunk.length
      sent += chunk.length
    }
    response.on('drain', send)
    send()
  })
  expect(failureOf(await client.start(file, calm()))).toMatchObject({
    kind: 'unusable',
    message: 'startUpload answered 200, but the body is larger than 8 MiB',
  })
  await closed
  // And what the sockets between us hold.
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('aborting in the middle of an answer', async () => {
  const controller = new AbortController()
  const client = await serve((response) => {
    response.writeHead(200)
    response.write('{', () => controller.abort())
  })
  expect(failureOf(await client.start(file, controller))).toMatchObject({
    kind: 'exchange',
    message: expect.stringMatching(/\(aborted\)$/),
  })
})
