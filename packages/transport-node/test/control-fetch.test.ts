import type { Fetch, FetchRequest } from '@s3-bg-uploader/core'
import { expect, test } from 'vitest'
import { bodyOf, serve, serveRaw, signpost } from './loopback.ts'
import { testTransport } from './part.ts'

const request = (changes: Partial<FetchRequest> = {}): FetchRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  signal: new AbortController().signal,
  redirect: 'manual',
  ...changes,
})

function controlFetch(): Fetch {
  const fetch = testTransport().platform?.fetch
  if (!fetch) throw new Error('The transport brings no fetch')
  return fetch
}

test('calls share one connection, also after errors', async () => {
  const ports = new Set<number | undefined>()
  const origin = await serve(async (incoming, response) => {
    ports.add(incoming.socket.remotePort)
    response.statusCode = incoming.url === '/bad' ? 500 : 200
    response.end(await bodyOf(incoming))
  })
  const fetch = controlFetch()
  for (const path of ['/good', '/bad', '/good', '/good?a=b']) {
    const answer = await fetch(origin + path, request({ body: '{"a":"ü"}' }))
    expect(answer.status).toBe(path === '/bad' ? 500 : 200)
    expect(await answer.text()).toBe('{"a":"ü"}')
    expect(await answer.text()).toBe('{"a":"ü"}')
  }
  expect(ports.size).toBe(1)
})

test('redirects are not followed', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(308, { location: '/elsewhere' }).end()
  })
  const answer = await controlFetch()(origin, request())
  expect(answer.status).toBe(308)
  expect(answer.headers.get('Location')).toBe('/elsewhere')
})

test('a byte order mark is no part of the text', async () => {
  const origin = await serve((_, response) => void response.end('\ufeff{}'))
  expect(await (await controlFetch()(origin, request())).text()).toBe('{}')
})

test('an answer larger than 8 MiB has a status but no text', async () => {
  const origin = await serve((_, response) => {
    const more = () => {
      while (response.writable && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  const answer = await controlFetch()(origin, request())
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow('larger than 8388608 bytes')
})

test('an answer that breaks off has a status but no text', async () => {
  const host = await serveRaw((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'))
  })
  const answer = await controlFetch()(`http://${host}`, request())
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow()
})

test('no answer throws', async () => {
  const host = await serveRaw((socket) => void socket.once('data', () => socket.destroy()))
  await expect(controlFetch()(`http://${host}`, request())).rejects.toThrow()
  await expect(controlFetch()('http://127.0.0.1:1/', request())).rejects.toThrow('ECONNREFUSED')
})

test('a URL that cannot be used is an error of the configuration', async () => {
  await expect(controlFetch()('http://user:pw@h/', request())).rejects.toMatchObject({
    code: 'config_invalid',
    message: 'The URL of an endpoint holds a user name or password',
  })
})

test.each(['before the answer', 'in the middle of it'])('an abort %s rejects', async (when) => {
  const reason = new Error('given up')
  const controller = new AbortController()
  const closed = signpost()
  const host = await serveRaw((socket) => {
    socket.on('close', () => closed.reach())
    socket.once('data', () => {
      if (when === 'before the answer') controller.abort(reason)
      else
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () =>
          controller.abort(reason),
        )
    })
  })
  const calling = controlFetch()(`http://${host}`, request({ signal: controller.signal }))
  await expect(calling).rejects.toBe(reason)
  await closed.reached
})
