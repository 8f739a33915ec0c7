import { createHash } from 'node:crypto'
import type http from 'node:http'
import net from 'node:net'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Connections } from '../src/connections.ts'
import { proxyFor } from '../src/proxy.ts'
import { parseTarget, type Target } from '../src/target.ts'
import { certificate, serve, serveRaw, serveSecurely, signpost } from './loopback.ts'
import { openSource, part } from './part.ts'
import { patternOf, temporaryFile } from './temporary-file.ts'

const bytes = patternOf(3_000_000)
const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`

const storage: http.RequestListener = async (request, response) => {
  const hash = createHash('sha256')
  for await (const chunk of request) hash.update(chunk)
  response.writeHead(200, { etag: `"${hash.digest('hex')}"` }).end()
}

beforeEach(() => {
  return () => vi.unstubAllEnvs()
})

const target = (url: string): Target => {
  const parsed = parseTarget(url)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

describe('the environment chooses', () => {
  test.each([
    [{}, 'http://h/', undefined],
    [{ HTTP_PROXY: 'http://p:1' }, 'http://h/', 'p:1'],
    [{ http_proxy: 'http://p:1' }, 'http://h/', 'p:1'],
    [{ HTTP_PROXY: 'http://p:1' }, 'https://h/', undefined],
    [{ HTTPS_PROXY: 'http://p' }, 'https://h/', 'p:80'],
    [{ HTTPS_PROXY: 'https://p' }, 'https://h/', 'p:443'],
    [{ ALL_PROXY: 'http://[::1]:3128' }, 'https://h/', '::1:3128'],
    [{ HTTP_PROXY: 'p:1' }, 'http://h/', 'p:1'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '*' }, 'http://h/', undefined],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'x, h' }, 'http://H/', undefined],
    [{ HTTP_PROXY: 'http://p:1', no_proxy: '.h.org' }, 'http://b.h.org/', undefined],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'h:81' }, 'http://h/', 'p:1'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'h:81' }, 'http://h:81/', undefined],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '[::1]' }, 'http://[::1]/', undefined],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'localhost,::1' }, 'http://[::1]:8080/', undefined],
    [{ HTTP_PROXY: 'http://p:1', no_proxy: 'FE80::1' }, 'http://[fe80::1]/', undefined],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '::1' }, 'http://[::2]/', 'p:1'],
  ] as [Record<string, string>, string, string | undefined][])('%j for %s', (env, url, chosen) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const proxy = proxyFor(target(url))
    expect(proxy && `${proxy.host}:${proxy.port}`).toBe(chosen)
  })

  test.each([
    ['socks5://user:secret@p:1080', 'has the scheme socks5:'],
    ['http://secret:x/', 'is not a URL'],
  ])('%s cannot be used, and its password is not told', (value, problem) => {
    vi.stubEnv('HTTP_PROXY', value)
    expect(() => proxyFor(target('http://h/'))).toThrow(problem)
    expect(() => proxyFor(target('http://h/'))).not.toThrow('secret')
  })

  test('credentials are decoded', () => {
    vi.stubEnv('HTTP_PROXY', 'http://us%40er:p%3Aw@p')
    expect(proxyFor(target('http://h/'))?.authorization).toBe(
      `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
    )
  })
})

test('a plain request goes through the proxy with its URL as received', async () => {
  const seen: unknown[] = []
  const ports = new Set<number | undefined>()
  const proxy = await serve((request, response) => {
    seen.push([request.url, request.headers.host, request.headers['proxy-authorization']])
    ports.add(request.socket.remotePort)
    return storage(request, response)
  })
  vi.stubEnv('HTTP_PROXY', proxy.replace('//', '//me:pw@'))
  const source = await openSource(await temporaryFile(bytes))
  const path = '/a/../b|c?X-Amz-Signature="d"'
  for (const suffix of ['', '#f']) {
    const answer = await source.put(part(source, `http://bucket.example:9000${path}${suffix}`))
    expect(answer).toMatchObject({ status: 200, headers: { etag } })
  }
  const expected = [`http://bucket.example:9000${path}`, 'bucket.example:9000', 'Basic bWU6cHc=']
  expect(seen).toEqual([expected, expected])
  expect(ports.size).toBe(1)
})

/** A proxy that opens tunnels to loopback whatever host they are for. */
async function tunnelProxy(
  seen: (request: http.IncomingMessage) => void,
  secure = false,
): Promise<string> {
  return (secure ? serveSecurely : serve)(
    () => expect.unreachable(),
    (server) => {
      server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
        seen(request)
        const port = Number(request.url?.split(':').at(-1))
        const upstream = net.connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
          upstream.pipe(socket).pipe(upstream)
        })
        for (const one of [upstream, socket]) one.on('error', () => {})
        socket.on('close', () => upstream.destroy())
        upstream.on('close', () => socket.destroy())
      })
    },
  )
}

test.each([false, true])('TLS goes through a tunnel (proxy over TLS: %s)', async (secure) => {
  const tunnels: unknown[] = []
  const paths: unknown[] = []
  const origin = await serveSecurely((request, response) => {
    paths.push(request.url)
    return storage(request, response)
  })
  const proxy = await tunnelProxy(({ url, headers }) => {
    tunnels.push([url, headers.host, headers['proxy-authorization']])
  }, secure)
  vi.stubEnv('HTTPS_PROXY', proxy.replace('//', '//me:pw@'))
  const authority = origin.replace('https://127.0.0.1', 'localhost')
  const source = await openSource(await temporaryFile(bytes))
  for (let turn = 0; turn < 2; turn++) {
    const answer = await source.put(part(source, `https://${authority}/a/../b|c?"d"`))
    expect(answer).toMatchObject({ status: 200, headers: { etag } })
  }
  expect(tunnels).toEqual([[authority, authority, 'Basic bWU6cHc=']])
  expect(paths).toEqual(['/a/../b|c?"d"', '/a/../b|c?"d"'])
})

test('hosts that NO_PROXY names are reached directly', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  const source = await openSource(await temporaryFile(bytes))
  expect((await source.put(part(source, await serve(storage)))).headers.etag).toBe(etag)
})

describe('a tunnel that does not open', () => {
  test.each([407, 502])('is a broken exchange: status %i', async (status) => {
    const proxy = await serveRaw((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nno`))
    })
    vi.stubEnv('HTTPS_PROXY', `http://${proxy}`)
    const source = await openSource(await temporaryFile('hello'))
    await expect(source.put(part(source, 'https://bucket.example/?secret'))).rejects.toThrow(
      `it answered CONNECT with status ${status}`,
    )
  })

  test('is a broken exchange: closed', async () => {
    const proxy = await serveRaw((socket) => void socket.once('data', () => socket.destroy()))
    vi.stubEnv('HTTPS_PROXY', `http://${proxy}`)
    const source = await openSource(await temporaryFile('hello'))
    await expect(source.put(part(source, 'https://bucket.example/'))).rejects.toThrow()
  })

  test('ends by an abort, and its connection too', async () => {
    const asked = signpost()
    const closed = signpost()
    const proxy = await serveRaw((socket) => {
      socket.once('data', () => asked.reach()).on('close', () => closed.reach())
    })
    vi.stubEnv('HTTPS_PROXY', `http://${proxy}`)
    const source = await openSource(await temporaryFile('hello'))
    const controller = new AbortController()
    const { signal } = controller
    const putting = source.put(part(source, 'https://bucket.example/', { signal }))
    await asked.reached
    const reason = new Error('given up')
    controller.abort(reason)
    await expect(putting).rejects.toBe(reason)
    await closed.reached
  })

  test('ends by an abort in the TLS handshake inside', async () => {
    const asked = signpost()
    const closed = signpost()
    const proxy = await serveRaw((socket) => {
      socket.on('close', () => closed.reach())
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => asked.reach())
      })
    })
    vi.stubEnv('HTTPS_PROXY', `http://${proxy}`)
    const source = await openSource(await temporaryFile('hello'))
    const controller = new AbortController()
    const { signal } = controller
    const putting = source.put(part(source, 'https://bucket.example/', { signal }))
    await asked.reached
    controller.abort()
    await expect(putting).rejects.toMatchObject({ name: 'AbortError' })
    await closed.reached
  })
})

test('a proxy that cannot be used fails the part, not the process', async () => {
  vi.stubEnv('HTTP_PROXY', 'socks5://p:1080')
  const source = await openSource(await temporaryFile('hello'))
  await expect(source.put(part(source, 'http://bucket.example/'))).rejects.toMatchObject({
    code: 'config_invalid',
  })
})

test('control calls go through the same proxies', async () => {
  const seen: unknown[] = []
  const proxy = await serve((request, response) => {
    seen.push(request.url)
    response.end('{}')
  })
  vi.stubEnv('HTTP_PROXY', proxy)
  const connections = new Connections({ ca: certificate })
  const { createControlFetch } = await import('../src/control-fetch.ts')
  const answer = await createControlFetch(connections)('http://api.example/start/', {
    method: 'POST',
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
    redirect: 'manual',
  })
  expect(await answer.text()).toBe('{}')
  expect(seen).toEqual(['http://api.example/start/'])
  connections.close()
})
