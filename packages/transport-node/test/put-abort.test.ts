import dns from 'node:dns'
import fs from 'node:fs'
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { serve, serveRaw, serveSecurely, signpost } from './loopback.ts'
import { openSource, part } from './part.ts'
import { patternOf, temporaryFile } from './temporary-file.ts'

const LARGE = 16 * 1024 * 1024
const reason = new Error('given up')

describe('an abort rejects with its reason and frees the connection', () => {
  test('before anything', async () => {
    const source = await openSource(await temporaryFile('hello'))
    const signal = AbortSignal.abort(reason)
    const origin = await serve(() => expect.unreachable())
    await expect(source.put(part(source, origin, { signal }))).rejects.toBe(reason)
  })

  test('while the file is opened', async () => {
    const source = await openSource(await temporaryFile('hello'))
    const controller = new AbortController()
    const origin = await serve(() => expect.unreachable())
    const putting = source.put(part(source, origin, { signal: controller.signal }))
    controller.abort(reason)
    await expect(putting).rejects.toBe(reason)
  })

  /** Puts to a server that calls `reach` when it is time to abort. */
  async function abortWhen(
    scheme: string,
    onSocket: (socket: Socket, reach: () => void) => void,
    length = LARGE,
  ): Promise<void> {
    const time = signpost()
    const closed = signpost()
    const host = await serveRaw((socket) => {
      socket.on('close', () => closed.reach())
      onSocket(socket, () => time.reach())
    })
    const controller = new AbortController()
    const source = await openSource(await temporaryFile(patternOf(length)))
    const putting = source.put(part(source, `${scheme}://${host}/`, { signal: controller.signal }))
    void time.reached.then(() => controller.abort(reason))
    await expect(putting).rejects.toBe(reason)
    await closed.reached
  }

  test('in the TLS handshake', () =>
    abortWhen('https', (socket, reach) => void socket.once('data', reach)))

  test('while the server reads nothing of the body', () =>
    abortWhen(
      'http',
      (socket, reach) => {
        socket.once('data', () => {
          socket.pause()
          reach()
          // The end of a connection is only seen by who reads.
          setImmediate(() => socket.resume())
        })
      },
      // More than all buffers between the two can hold.
      4 * LARGE,
    ))

  test('while the answer is awaited', () =>
    abortWhen(
      'http',
      (socket, reach) => {
        let bytes = 0
        socket.on('data', (chunk) => {
          bytes += chunk.length
          if (bytes > LARGE) reach()
        })
      },
      LARGE,
    ))

  test('in the middle of the answer', () =>
    abortWhen(
      'http',
      (socket, reach) => {
        socket.once('data', () =>
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', reach),
        )
      },
      5,
    ))

  test.each(['http', 'https'])('while the host is looked up for %s', async (scheme) => {
    const time = signpost()
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => time.reach()) as never)
    onTestFinished(() => lookup.mockRestore())
    const controller = new AbortController()
    const { signal } = controller
    const source = await openSource(await temporaryFile('hello'))
    const putting = source.put(part(source, `${scheme}://localhost:1/`, { signal }))
    await time.reached
    controller.abort(reason)
    await expect(putting).rejects.toBe(reason)
  })
})

test('an abort after the answer does nothing to the connection', async () => {
  const ports = new Set<number | undefined>()
  const origin = await serveSecurely((request, response) => {
    ports.add(request.socket.remotePort)
    request.resume().on('end', () => response.end())
  })
  const source = await openSource(await temporaryFile('hello'))
  for (let turn = 0; turn < 3; turn++) {
    const controller = new AbortController()
    await source.put(part(source, origin, { signal: controller.signal }))
    controller.abort(reason)
  }
  expect(ports.size).toBe(1)
})

test('many parts share one signal and leave no listener on it', async () => {
  let listeners = 0
  const controller = new AbortController()
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...input: Parameters<typeof add>) => {
    listeners++
    add(...input)
  }
  signal.removeEventListener = (...input: Parameters<typeof remove>) => {
    listeners--
    remove(...input)
  }
  const origin = await serve((request, response) => {
    request.resume().on('end', () => response.end())
  })
  const source = await openSource(await temporaryFile('hello'))
  await Promise.all(Array.from({ length: 9 }, () => source.put(part(source, origin, { signal }))))
  expect(listeners).toBe(0)
})

/** Paths of the files that this process has open, where the system tells. */
function openFiles(): string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

describe.runIf(process.platform === 'linux')('descriptors', () => {
  const opensOf = (path: string) => openFiles().filter((name) => name === path).length
  const idle = async (path: string) => {
    while (opensOf(path) > 0) await new Promise(setImmediate)
  }

  test('a source that was only opened holds none', async () => {
    const path = await temporaryFile('hello')
    await openSource(path)
    expect(opensOf(path)).toBe(0)
  })

  test('parts at once share one, and the last one closes it', async () => {
    const path = await temporaryFile(patternOf(1_000_000))
    const source = await openSource(path)
    const opens: number[] = []
    const origin = await serve((request, response) => {
      opens.push(opensOf(path))
      request.resume().on('end', () => response.end())
    })
    await Promise.all(Array.from({ length: 20 }, () => source.put(part(source, origin))))
    expect(new Set(opens)).toEqual(new Set([1]))
    await idle(path)
  })

  test('one read after the other keeps it; then it is closed', async () => {
    const path = await temporaryFile(patternOf(100_000))
    const source = await openSource(path)
    for (let start = 0; start < 100_000; start += 10_000) {
      await source.read({ start, end: start + 10_000 }, new Uint8Array(10_000))
      expect(opensOf(path)).toBe(1)
    }
    await idle(path)
  })

  test('closing the source closes the descriptor', async () => {
    const path = await temporaryFile('hello')
    const source = await openSource(path)
    await source.read({ start: 0, end: 5 }, new Uint8Array(5))
    await source.close()
    expect(opensOf(path)).toBe(0)
  })

  test('an abort in the middle frees it', async () => {
    const path = await temporaryFile(patternOf(LARGE))
    const source = await openSource(path)
    const host = await serveRaw((socket) => void socket.once('data', () => socket.pause()))
    const controller = new AbortController()
    const putting = source.put(
      part(source, `http://${host}`, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
    )
    await expect(putting).rejects.toBe(reason)
    await idle(path)
  })

  test('so does a broken exchange', async () => {
    const path = await temporaryFile(patternOf(LARGE))
    const source = await openSource(path)
    const host = await serveRaw((socket) => socket.destroy())
    await expect(source.put(part(source, `http://${host}`))).rejects.toThrow()
    await idle(path)
  })
})
