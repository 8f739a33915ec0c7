import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { serve, serveRaw, serveSecurely, signpost } from './loopback.ts'
import { openSource, part } from './part.ts'
import { patternOf, temporaryFile } from './temporary-file.ts'

const LARGE = 16 * 1024 * 1024

/** Calls back once the headers of a request have come; reads no further by itself. */
function afterHeaders(answer: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.pause()
      answer(socket)
    })
  }
}

async function putTo(onSocket: (socket: Socket) => void, length = LARGE) {
  const host = await serveRaw(onSocket)
  const source = await openSource(await temporaryFile(patternOf(length)))
  return source.put(part(source, `http://${host}/key?X-Amz-Signature=secret`))
}

const denied = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied'

describe('an answer before the whole part was sent is delivered', () => {
  test('from a server that reads no more', async () => {
    expect(await putTo(afterHeaders((socket) => socket.write(denied)))).toMatchObject({
      status: 403,
      body: 'denied',
    })
  })

  test('from a server that reads no more and closes', async () => {
    expect(await putTo(afterHeaders((socket) => socket.end(denied)))).toMatchObject({
      status: 403,
      body: 'denied',
    })
  })

  // Other systems may throw away what came before a reset.
  test.runIf(process.platform === 'linux')('from a server that resets', async () => {
    const reset = (socket: Socket) => socket.write(denied, () => socket.resetAndDestroy())
    for (let turn = 0; turn < 8; turn++) {
      expect(await putTo(afterHeaders(reset))).toMatchObject({ status: 403 })
    }
  })

  test.each(['http', 'https'])('from a %s server that closes in the usual way', async (scheme) => {
    const origin = await (scheme === 'http' ? serve : serveSecurely)((_, response) => {
      response.writeHead(403, { connection: 'close' }).end('denied')
    })
    const source = await openSource(await temporaryFile(patternOf(LARGE)))
    expect(await source.put(part(source, origin))).toMatchObject({ status: 403, body: 'denied' })
  })

  test('from a server that closes in the middle of the body of its answer', async () => {
    const cut = 'HTTP/1.1 500 Oops\r\nRetry-After: 3\r\nContent-Length: 600\r\n\r\nbegin'
    expect(await putTo(afterHeaders((socket) => socket.end(cut)))).toMatchObject({
      status: 500,
      headers: { 'retry-after': '3' },
      body: 'begin',
    })
  })

  test('but not when it claims success of what it cannot have', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
    await expect(putTo(afterHeaders((socket) => socket.end(ok)))).rejects.toThrow()
  })

  test('and a success that comes early counts once the rest is sent', async () => {
    const host = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n')
      socket.resume()
    })
    const source = await openSource(await temporaryFile(patternOf(LARGE)))
    let sent = 0
    const answer = await source.put(
      part(source, `http://${host}`, {
        onProgress: (bytes) => {
          sent = bytes
        },
      }),
    )
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"1"' } })
    expect(sent).toBe(LARGE)
  })
})

describe('a broken exchange throws, without the query of the URL', () => {
  const cases: [string, (socket: Socket) => void][] = [
    ['closed at once', (socket) => socket.destroy()],
    ['reset at once', (socket) => socket.resetAndDestroy()],
    ['closed after the headers', afterHeaders((socket) => socket.destroy())],
    ['reset after the headers', afterHeaders((socket) => socket.resetAndDestroy())],
    ['ended after the headers', afterHeaders((socket) => socket.end())],
    ['cut off in the headers', afterHeaders((socket) => socket.end('HTTP/1.1 200 OK\r\nETa'))],
    ['not HTTP', afterHeaders((socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'))],
    ['informational only', afterHeaders((socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'))],
    [
      'an upgrade that nobody asked for',
      afterHeaders((socket) =>
        socket.end(
          'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nxyz',
        ),
      ),
    ],
    [
      'headers without an end',
      (socket) => {
        socket.resume()
        socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)
      },
    ],
  ]
  test.each(cases)('%s', async (_, onSocket) => {
    for (const length of [5, LARGE]) {
      const error = await putTo(onSocket, length).then(
        () => undefined,
        (reason) => reason,
      )
      expect(error).toBeInstanceOf(Error)
      expect(error.message).not.toContain('secret')
    }
  })

  test('nobody listens', async () => {
    const source = await openSource(await temporaryFile('hello'))
    await expect(source.put(part(source, 'http://127.0.0.1:1/?secret'))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })
})

describe('an answer without an end does not hang', () => {
  /** Writes for as long as somebody reads. */
  const pour = (socket: Socket, bytes: Buffer) => {
    const more = () => {
      while (socket.writable && socket.write(bytes));
    }
    socket.on('drain', more)
    more()
  }

  test.each([200, 500])('with status %i', async (status) => {
    const chunk = Buffer.concat([
      Buffer.from('8000\r\n'),
      Buffer.alloc(0x8000, 'x'),
      Buffer.from('\r\n'),
    ])
    const answer = await putTo((socket) => {
      socket.once('data', () => {
        socket.resume()
        socket.write(`HTTP/1.1 ${status} X\r\nETag: "1"\r\nTransfer-Encoding: chunked\r\n\r\n`)
        pour(socket, chunk)
      })
    }, 5)
    expect(answer).toMatchObject({ status, headers: { etag: '"1"' } })
    expect(answer.body?.length).toBe(status === 500 ? 4096 : undefined)
  })

  test('and the next part gets a connection of its own', async () => {
    let turn = 0
    const origin = await serve((request, response) => {
      request.resume()
      if (turn++ > 0) {
        response.writeHead(200, { etag: '"2"' }).end()
        return
      }
      response.writeHead(200, { etag: '"1"' }).flushHeaders()
      pour(response.socket as Socket, Buffer.from(`4\r\nabcd\r\n`.repeat(1000)))
    })
    const source = await openSource(await temporaryFile('hello'))
    expect((await source.put(part(source, origin))).headers.etag).toBe('"1"')
    expect((await source.put(part(source, origin))).headers.etag).toBe('"2"')
  })
})

test('a kept-alive connection that the server has closed is not used again', async () => {
  const source = await openSource(await temporaryFile('hello'))
  for (let turn = 0; turn < 3; turn++) {
    const closed = signpost()
    const origin = await serve((request, response) => {
      request.resume().on('end', () => response.end())
      request.socket.on('close', () => closed.reach())
      response.on('close', () => request.socket.end())
    })
    expect((await source.put(part(source, origin))).status).toBe(200)
    await closed.reached
    expect((await source.put(part(source, origin))).status).toBe(200)
  }
})
