import { isUploadError, type PartTaskStatus } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import { decodeBase64 } from '../src/base64.ts'
import { type NetInfoState, reactNativeTransport } from '../src/index.ts'
import { nativeError } from '../src/native-error.ts'
import { toPartStatus } from '../src/part-task.ts'
import { FakeDevice } from './fake-native/fake-device.ts'

describe('base64', () => {
  test.each([0, 1, 2, 3, 4, 5, 255, 256, 10_000])(
    '%d bytes come as Buffer wrote them',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + 11 * length) & 0xff)
      const into = new Uint8Array(length)
      expect(decodeBase64(Buffer.from(bytes).toString('base64'), into)).toBe(length)
      expect(into).toEqual(bytes)
    },
  )

  test('lines and missing padding are read too', () => {
    const into = new Uint8Array(5)
    expect(decodeBase64('aGVs\r\nbG8\n', into)).toBe(5)
    expect(Buffer.from(into).toString()).toBe('hello')
  })

  test('what is no base64, and what does not fit, is refused', () => {
    expect(() => decodeBase64('aGVs*G8=', new Uint8Array(9))).toThrow(RangeError)
    expect(() => decodeBase64('aGVs_G8=', new Uint8Array(9))).toThrow(RangeError)
    expect(() => decodeBase64('aGVsbG8=', new Uint8Array(4))).toThrow(RangeError)
  })

  test('what is longer leaves the rest of the buffer alone', () => {
    const into = new Uint8Array(8).fill(7)
    expect(decodeBase64('aGVsbG8=', into)).toBe(5)
    expect([...into.subarray(5)]).toEqual([7, 7, 7])
  })
})

describe('what the native side tells of a task', () => {
  test('headers that came twice are one list, and names do not differ by case', () => {
    const headers = [
      { name: 'ETag', value: '"e"' },
      { name: 'Via', value: 'a' },
      { name: 'via', value: 'b' },
      { name: '__proto__', value: 'c' },
    ]
    const status = toPartStatus({ id: 't', state: 'answered', status: 200, headers })
    expect(JSON.parse(JSON.stringify(status))).toEqual({
      id: 't',
      state: 'answered',
      response: {
        status: 200,
        headers: JSON.parse('{ "etag": "\\"e\\"", "via": "a, b", "__proto__": "c" }'),
      },
    })
  })

  test.each(['file_not_found', 'file_not_regular', 'file_unreadable', 'source_changed'] as const)(
    'broken with %s: the upload fails with that code',
    (code) => {
      const status = toPartStatus({ id: 't', state: 'broken', code, message: 'why' })
      expect(errorOf(status)).toMatchObject({ code, message: 'why' })
      expect(isUploadError(errorOf(status))).toBe(true)
    },
  )

  test.each(['network', 'whatever comes later', undefined])(
    'broken with %s: an exchange that is tried again',
    (code) => {
      const status = toPartStatus({ id: 't', state: 'broken', ...(code && { code }) })
      expect(errorOf(status)).toBeInstanceOf(Error)
      expect(isUploadError(errorOf(status))).toBe(false)
    },
  )

  test('an answer without a status is no answer', () => {
    expect(toPartStatus({ id: 't', state: 'answered' }).state).toBe('broken')
  })

  test('what is not under way waits, whatever it is called', () => {
    expect(toPartStatus({ id: 't', state: 'held' })).toEqual({ id: 't', state: 'waiting' })
  })

  test('a queue that cannot be written says what to do', () => {
    expect(nativeError('store_failed', 'disk full')).toMatchObject({
      code: 'store_failed',
      retryable: true,
      hint: expect.stringContaining('free space'),
    })
  })
})

test('a file with an unknown time is opened, and told apart by its size alone', async () => {
  const device = new FakeDevice()
  const native = device.launch()
  const open = async () => ({ name: 'a.jpg', size: 3, lastModified: -1 })
  const { queue, ...transport } = reactNativeTransport({ native: { ...native, open } })
  const source = await transport.open('file:///photos/my%20cat.jpg')
  expect(source).toMatchObject({ name: 'a.jpg', size: 3, lastModified: undefined })
  expect(source.ref).toEqual({ path: '/photos/my cat.jpg', size: 3, lastModified: -1 })
})

test('content URIs are opened as they are, again too', async () => {
  const device = new FakeDevice()
  device.files.write('content://media/video/42', new Uint8Array(9))
  const transport = reactNativeTransport({ native: device.launch() })
  const { ref } = await transport.open('content://media/video/42')
  expect(ref).toMatchObject({ path: 'content://media/video/42', size: 9 })
  expect((await transport.reopen(ref ?? null)).ref).toEqual(ref)
})

test('hashing that is stopped is stopped on the native side', async () => {
  const device = new FakeDevice()
  device.files.write('/film.mp4', new Uint8Array(100))
  const source = await reactNativeTransport({ native: device.launch() }).open('/film.mp4')
  const abort = new AbortController()
  const hashing = source.hash?.({ signal: abort.signal, onProgress: () => {} })
  abort.abort()
  await expect(hashing).rejects.toMatchObject({ code: 'cancelled' })
  expect(device.calls).toEqual(['open', 'hash', 'cancelHash'])
})

describe('the app', () => {
  test('that comes to the foreground is told again what the queue lists', async () => {
    const device = new FakeDevice()
    let change = (_: string): void => {}
    const appState = {
      currentState: 'background',
      addEventListener(_: 'change', listener: (state: string) => void) {
        change = listener
        return {
          remove() {
            change = () => {}
          },
        }
      },
    }
    const listed = [{ id: 'lost', state: 'answered', status: 200 }]
    const native = { ...device.launch(), list: async () => listed }
    const transport = reactNativeTransport({ native, appState })
    const heard = new Promise<PartTaskStatus>((resolve) => transport.queue.subscribe(resolve))
    change('inactive')
    change('active')
    expect(await heard).toMatchObject({ id: 'lost', state: 'answered' })
    await transport.close?.()
    const deaf = change
    expect(() => deaf('active')).not.toThrow()
  })
})

test('whoever was woken is let go only after the results that nobody heard of', async () => {
  const device = new FakeDevice()
  const listed = [
    { id: 'lost', state: 'broken', code: 'network' },
    { id: 'later', state: 'waiting' },
  ]
  const native = { ...device.launch(), list: async () => listed }
  const { queue } = reactNativeTransport({ native })
  const heard: string[] = []
  const told = new Promise<void>((resolve) => {
    queue.subscribe(({ id, state }) => {
      heard.push(`${id} is ${state}`)
      resolve()
    })
  })
  queue.settled?.()
  await told
  expect(heard).toEqual(['lost is broken'])
  expect(device.calls).toEqual([])
  // Whatever came of it: nobody is kept awake for ever.
  queue.settled?.()
  await device.called('finishWake')
  expect(heard).toHaveLength(1)
})

describe('the network', () => {
  const fake = (): {
    readonly netInfo: {
      addEventListener(listener: (state: NetInfoState) => void): () => void
      fetch(): Promise<NetInfoState>
    }
    tell(isConnected: boolean | null): void
    readonly listeners: number
  } => {
    const listeners = new Set<(state: NetInfoState) => void>()
    return {
      netInfo: {
        addEventListener(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        fetch: async () => ({ isConnected: true }),
      },
      tell: (isConnected) => {
        for (const listener of listeners) listener({ isConnected })
      },
      get listeners() {
        return listeners.size
      },
    }
  }

  test('is there until NetInfo says that it is not', () => {
    const { netInfo, tell } = fake()
    const native = new FakeDevice().launch()
    const network = reactNativeTransport({ native, netInfo }).platform?.network
    const told: (boolean | undefined)[] = []
    network?.subscribe(() => told.push(network.isOnline()))
    tell(null)
    tell(false)
    tell(false)
    tell(true)
    expect(told).toEqual([false, true])
  })

  test('is watched while somebody wants to know', () => {
    const fakeInfo = fake()
    const native = new FakeDevice().launch()
    const { network } = reactNativeTransport({ native, netInfo: fakeInfo.netInfo }).platform ?? {}
    const stops = [network?.subscribe(() => {}), network?.subscribe(() => {})]
    expect(fakeInfo.listeners).toBe(1)
    stops[0]?.()
    expect(fakeInfo.listeners).toBe(1)
    stops[1]?.()
    expect(fakeInfo.listeners).toBe(0)
  })

  test('is there where nobody tells', () => {
    const { network } = reactNativeTransport({ native: new FakeDevice().launch() }).platform ?? {}
    expect(network?.isOnline()).toBe(true)
  })
})

function errorOf(status: PartTaskStatus): unknown {
  return status.state === 'broken' ? status.error : undefined
}
