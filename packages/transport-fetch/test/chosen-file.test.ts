import { describe, expect, test } from 'vitest'
import { fetchTransport } from '../src/index.ts'
import { DiskFile } from './disk-file.ts'
import { part } from './part.ts'

const { open } = fetchTransport()
const URL_NOBODY_ASKS = 'http://127.0.0.1:1/part?sig=c0ffee'

describe('open', () => {
  test('tells what the file tells of itself, and keeps nothing of it', async () => {
    const file = new File(['hello'], 'ä b.mov', {
      type: 'video/mp4',
      lastModified: 1_700_000_000_000,
    })
    expect(await open(file)).toMatchObject({
      name: 'ä b.mov',
      size: 5,
      lastModified: 1_700_000_000_000,
      ref: undefined,
    })
  })

  test('takes a file of another window, which is no instance of our File', async () => {
    const file = new File(['hello'], 'a.txt')
    const foreign = {
      name: file.name,
      size: file.size,
      lastModified: file.lastModified,
      slice: file.slice.bind(file),
      arrayBuffer: file.arrayBuffer.bind(file),
    }
    const source = await open(foreign as unknown as File)
    expect(await source.read({ start: 1, end: 4 }, new Uint8Array(3))).toEqual(
      new TextEncoder().encode('ell'),
    )
  })

  test.each([undefined, null, 'video.mp4', {}, new Blob(['x']), new ArrayBuffer(3)])(
    'refuses %s, and says what it takes',
    async (thing) => {
      await expect(open(thing as File)).rejects.toMatchObject({
        code: 'file_not_regular',
        hint: expect.stringContaining('new File([blob]'),
      })
    },
  )

  test('what a file tells of its size later does not matter', async () => {
    const file = new File(['hello'], 'a.txt')
    const source = await open(file)
    Object.defineProperty(file, 'size', { value: 0 })
    expect(source.size).toBe(5)
    expect(await source.read({ start: 0, end: 5 }, new Uint8Array(5))).toHaveLength(5)
  })
})

describe('a file that has no bytes', () => {
  test('is opened when it can be read', async () => {
    const onDisk = await DiskFile.create('')
    expect(await open(await onDisk.choose())).toMatchObject({ size: 0 })
  })

  test('is refused when it was removed or replaced, as its size alone does not tell', async () => {
    // What a browser shows of a file that went after it was chosen.
    for (const name of ['NotFoundError', 'NotReadableError']) {
      const file = new File([], 'video.mp4')
      file.arrayBuffer = () => Promise.reject(new DOMException('Not there', name))
      const code = name === 'NotFoundError' ? 'file_not_found' : 'source_changed'
      await expect(open(file)).rejects.toMatchObject({ code, cause: { name } })
    }
  })

  test('fails when it has bytes at the time of the put', async () => {
    const onDisk = await DiskFile.create('')
    const source = await open(await onDisk.choose())
    await onDisk.change('suddenly')
    await expect(source.put(part(URL_NOBODY_ASKS, 0))).rejects.toMatchObject({
      code: 'source_changed',
    })
  })
})

/** A file whose slices read in another way, from a start on. */
function fileThatReads(from: number, read: () => Promise<ArrayBuffer>): File {
  const file = new File(['hello'], 'video.mp4')
  const slice = file.slice.bind(file)
  file.slice = (start, end, type) => {
    const blob = slice(start, end, type)
    if (start === from) blob.arrayBuffer = read
    return blob
  }
  return file
}

test('a file whose disk is broken is unreadable, not changed', async () => {
  const broken = new DOMException('The disk is broken', 'NotReadableError')
  const file = new File(['hello'], 'video.mp4')
  const slice = file.slice.bind(file)
  file.slice = (start, end, type) => {
    const blob = slice(start, end, type)
    blob.stream = () =>
      new ReadableStream({ type: 'bytes', pull: (controller) => controller.error(broken) })
    return blob
  }
  const source = await open(file)
  await expect(source.read({ start: 0, end: 2 }, new Uint8Array(2))).rejects.toMatchObject({
    code: 'file_unreadable',
    cause: broken,
  })
})

test('a file that ends before its size changed, where the browser reads what is left', async () => {
  const source = await open(fileThatReads(4, async () => new ArrayBuffer(0)))
  await expect(source.put(part(URL_NOBODY_ASKS, 4))).rejects.toMatchObject({
    code: 'source_changed',
  })
})

test('a part whose URL the platform would rewrite is not sent', async () => {
  const source = await open(new File(['hello'], 'video.mp4'))
  await expect(source.put(part('http://127.0.0.1:1/a b?sig=c0ffee', 5))).rejects.toMatchObject({
    code: 'response_invalid',
    message: expect.not.stringContaining('c0ffee'),
  })
})
