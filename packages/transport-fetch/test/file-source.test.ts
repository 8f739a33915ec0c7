import { type Source, UploadError } from '@s3-bg-uploader/core'
import { describe, expect, test, vi } from 'vitest'
import { FileSource, type SendPart } from '../src/file-source.ts'
import { fetchTransport } from '../src/index.ts'
import { part } from './part.ts'

const MIB = 1024 * 1024
const INTO = new Uint8Array(2 * MIB)

/** A file of that many MiB, each filled with its number, that notes where streams begin. */
function noted(mebibytes: number): { readonly file: File; readonly streams: number[] } {
  const parts = Array.from({ length: mebibytes }, (_, index) => new Uint8Array(MIB).fill(index))
  const file = new File(parts, 'video.mov')
  const streams: number[] = []
  const slice = file.slice.bind(file)
  file.slice = (start = 0, end = file.size, type) => {
    const blob = slice(start, end, type)
    const stream = blob.stream.bind(blob)
    blob.stream = () => {
      streams.push(start / MIB)
      return stream()
    }
    return blob
  }
  return { file, streams }
}

test('reads in a row come from one stream', async () => {
  const { file, streams } = noted(19)
  const source = await fetchTransport().open(file)
  for (let at = 0; at < 19; at += 2) {
    const end = Math.min(19, at + 2)
    const bytes = await source.read({ start: at * MIB, end: end * MIB }, INTO)
    expect([bytes.length / MIB, bytes[0], bytes.at(-1)]).toEqual([end - at, at, end - 1])
  }
  expect(streams).toEqual([0])
})

test('reads in any order give the bytes of their range', async () => {
  const source = await fetchTransport().open(noted(12).file)
  for (const at of [3, 11, 0, 7, 8, 8, 2]) {
    const bytes = await source.read({ start: at * MIB + 1, end: (at + 1) * MIB }, INTO)
    expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([MIB - 1, at, at])
  }
})

test('reads at once do not take bytes from each other', async () => {
  const source = await fetchTransport().open(noted(6).file)
  await source.read({ start: 0, end: MIB }, INTO)
  const reads = [1, 1, 2, 4].map(async (at) => {
    const range = { start: at * MIB, end: (at + 1) * MIB }
    const bytes = await source.read(range, new Uint8Array(MIB))
    return [bytes.length, bytes[0], bytes.at(-1)]
  })
  expect(await Promise.all(reads)).toEqual([1, 1, 2, 4].map((at) => [MIB, at, at]))
})

test('where files have no streams that fill given memory, slices are read', async () => {
  const { file } = noted(5)
  const { slice } = file
  file.slice = (start, end, type) => {
    const blob = slice.call(file, start, end, type)
    blob.stream = () => new ReadableStream()
    return blob
  }
  const source = await fetchTransport().open(file)
  for (const at of [0, 2, 4, 1]) {
    const end = Math.min(5, at + 2)
    const bytes = await source.read({ start: at * MIB, end: end * MIB }, INTO)
    expect([bytes.length / MIB, bytes[0], bytes.at(-1)]).toEqual([end - at, at, end - 1])
  }
  file.slice = (start = 0) => slice.call(file, start, start + 10)
  await expect(source.read({ start: MIB, end: 2 * MIB }, INTO)).rejects.toMatchObject({
    code: 'source_changed',
  })
  await source.close()
})

test('an empty range has no bytes, and the next read goes on where the last one ended', async () => {
  const { file, streams } = noted(3)
  const source = await fetchTransport().open(file)
  await source.read({ start: 0, end: MIB }, INTO)
  expect(await source.read({ start: MIB, end: MIB }, INTO)).toHaveLength(0)
  expect((await source.read({ start: MIB, end: 2 * MIB }, INTO))[0]).toBe(1)
  expect(streams).toEqual([0])
})

test.each([
  ['another place is read', (source: Source) => source.read({ start: 9, end: 10 }, INTO)],
  ['the source is closed', (source: Source) => source.close()],
])('nothing more is read ahead once %s', async (_, leave) => {
  const { file } = noted(3)
  const cancelled: string[] = []
  const { slice } = file
  file.slice = (start, end, type) => {
    const blob = slice.call(file, start, end, type)
    blob.stream = () =>
      new ReadableStream({
        type: 'bytes',
        pull: (controller) => controller.enqueue(new Uint8Array(MIB)),
        cancel: () => void cancelled.push(`from ${start}`),
      })
    return blob
  }
  const source = await fetchTransport().open(file)
  await source.read({ start: 0, end: 5 }, INTO)
  expect(cancelled).toEqual([])
  await leave(source)
  expect(cancelled).toEqual(['from 0'])
})

test('a file that gives fewer bytes than it has is no longer the one that was opened', async () => {
  const { file } = noted(3)
  const source = await fetchTransport().open(file)
  const { slice } = file
  file.slice = (start = 0) => slice(start, start + 10)
  await expect(source.read({ start: 0, end: MIB }, INTO)).rejects.toMatchObject({
    code: 'source_changed',
  })
})

describe('whether the file is still the same', () => {
  const url = 'http://127.0.0.1:1/part'
  const answer = { status: 200, headers: {} }

  /** A file that is looked at so many times before it has changed. */
  function unchangedFor(looks: number, send: SendPart) {
    const verify = vi.fn(async () => {
      if (verify.mock.calls.length > looks) throw new UploadError('source_changed', 'It changed')
    })
    const file = new File(['hello'], 'video.mp4')
    const opened = { file, name: 'video.mp4', size: 5, lastModified: 0, verify }
    return { verify, putting: new FileSource(opened, undefined, send).put(part(url, 5)) }
  }

  test('is asked before a part is sent, and once when all of it was sent', async () => {
    const looks: number[] = []
    const { verify, putting } = unchangedFor(9, async ({ onSent }) => {
      looks.push(verify.mock.calls.length)
      onSent()
      await vi.waitFor(() => expect(verify.mock.calls.length).toBe(2))
      looks.push(verify.mock.calls.length)
      return answer
    })
    expect(await putting).toBe(answer)
    expect(looks).toEqual([1, 2])
    expect(verify).toHaveBeenCalledTimes(2)
  })

  test('is asked again only after a part that is sent while others are', async () => {
    const looks: number[] = []
    const verify = vi.fn(async () => {})
    const file = new File(['hello'], 'video.mp4')
    const opened = { file, name: 'video.mp4', size: 5, lastModified: 0, verify }
    let goOn = (): void => {}
    const bothAreUnderWay = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const source = new FileSource(opened, undefined, async () => {
      if (looks.push(verify.mock.calls.length) === 2) goOn()
      await bothAreUnderWay
      return answer
    })
    await Promise.all([source.put(part(url, 5)), source.put(part(url, 5))])
    await source.put(part(url, 5))
    // Before the first, while the second is sent already; after both; and before the one that is sent alone.
    expect(looks).toEqual([0, 1, 3])
  })

  test('is asked by a look that begins after all of the part was sent, and once for all that wait for one', async () => {
    const looks: (() => void)[] = []
    const verify = vi.fn(() => new Promise<void>((resolve) => looks.push(resolve)))
    const file = new File(['hello'], 'video.mp4')
    const opened = { file, name: 'video.mp4', size: 5, lastModified: 0, verify }
    const answers: (() => void)[] = []
    const source = new FileSource(opened, undefined, async () => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return answer
    })
    const lookAgain = async (times: number): Promise<void> => {
      await vi.waitFor(() => expect(looks).toHaveLength(times))
      looks.at(-1)?.()
    }
    const done: number[] = []
    const puts = [1, 2, 3].map(async (number) => {
      await source.put(part(url, 5))
      done.push(number)
    })
    await lookAgain(1)
    await vi.waitFor(() => expect(answers).toHaveLength(3))
    answers[0]?.()
    await vi.waitFor(() => expect(looks).toHaveLength(2))
    answers[1]?.()
    answers[2]?.()
    await lookAgain(2)
    await vi.waitFor(() => expect(done).toEqual([2]))
    await lookAgain(3)
    await Promise.all(puts)
    expect(done).toEqual([2, 3, 1])
    expect(verify).toHaveBeenCalledTimes(3)
  })

  test('is asked after the answer where nobody tells that all was sent', async () => {
    const { verify, putting } = unchangedFor(9, async () => answer)
    expect(await putting).toBe(answer)
    expect(verify).toHaveBeenCalledTimes(2)
  })

  test.each<[string, SendPart]>([
    [
      'the answer comes later',
      async ({ onSent }) => {
        onSent()
        return answer
      },
    ],
    [
      'no answer comes',
      async ({ onSent }) => {
        onSent()
        throw new Error('The connection broke')
      },
    ],
    ['the storage has answered', async () => answer],
  ])('counts more than what is answered, when %s', async (_, send) => {
    await expect(unchangedFor(1, send).putting).rejects.toMatchObject({ code: 'source_changed' })
  })
})
