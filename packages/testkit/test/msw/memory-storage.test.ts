import type { NewUpload } from '@s3-bg-uploader/backend'
import { type MemoryStorageOptions, memoryStorage } from '@s3-bg-uploader/testkit/storage'
import { expect, test } from 'vitest'
import { HASH, textOf } from './fixture.ts'

const where = { partsUrl: 'http://storage.localhost/parts' }

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

async function* broken(text: string): AsyncGenerator<Uint8Array> {
  yield* pieces(text)
  throw new Error('gone')
}

async function begun(options: MemoryStorageOptions = {}, more: Partial<NewUpload> = {}) {
  const storage = memoryStorage({ minPartSize: 1, ...options })
  const upload = { owner: 'ann', key: 'a/b.txt', fileName: 'b.txt', fileHash: HASH }
  const { key, uploadId } = await storage.create({
    ...upload,
    fileSize: 6,
    partSize: 4,
    userParams: {},
    ...more,
  })
  const address = { owner: 'ann', key, uploadId }
  async function put(partNumber: number, body: AsyncIterable<Uint8Array>, contentLength?: number) {
    const signed = await storage.signParts(address, [partNumber], where)
    const url = signed.get(partNumber)?.slice(`${where.partsUrl}/`.length) ?? ''
    const [path = '', search = ''] = url.split('?')
    return storage.putPart({ path, search: `?${search}`, contentLength, body })
  }
  return { storage, address, put }
}

test('a body that breaks off or is not as long as announced leaves the earlier part', async () => {
  const { storage, address, put } = await begun()
  await put(1, pieces('ab', 'cd'), 4)
  const refusals = [
    [put(1, broken('ab')), 'IncompleteBody'],
    [put(1, pieces('AB'), 4), 'IncompleteBody'],
    [put(1, pieces('ABCD'), 2), 'IncompleteBody'],
    [put(1, broken('A'), 5), 'EntityTooLarge'],
    [put(1, pieces('ABCD', 'E')), 'EntityTooLarge'],
  ] as const
  for (const [refusal, code] of refusals) {
    await expect(refusal).rejects.toMatchObject({ name: 'BackendError', code })
  }
  expect(await storage.listParts(address)).toEqual([
    { partNumber: 1, etag: 'e2fc714c4727ee9395f324cd2e7f331f', size: 4 },
  ])
})

test.each(['forget', 'abort', 'complete'] as const)(
  'a part that is on its way while the upload ends is refused: %s',
  async (end) => {
    const { storage, address, put } = await begun({}, { fileSize: 4 })
    const { etag } = await put(1, pieces('abcd'))
    async function* late(): AsyncGenerator<Uint8Array> {
      yield* pieces('AB')
      if (end === 'forget') storage.forget(address.uploadId)
      if (end === 'abort') await storage.abort(address)
      if (end === 'complete') await storage.complete(address, [{ partNumber: 1, etag }])
      yield* pieces('CD')
    }
    await expect(put(1, late())).rejects.toMatchObject({ code: 'NoSuchUpload' })
    expect(textOf(storage.object(address.key))).toBe(end === 'complete' ? 'abcd' : undefined)
  },
)

test('an upload does not exist for another owner or under another key', async () => {
  const { storage, address, put } = await begun()
  await put(1, pieces('abcd'))
  for (const other of [
    { ...address, owner: 'eve' },
    { ...address, key: 'other' },
  ]) {
    for (const refusal of [
      storage.signParts(other, [1], where),
      storage.signParts(other, [99], where),
      storage.listParts(other),
      storage.complete(other, [{ partNumber: 1, etag: 'x' }]),
      storage.abort(other),
    ]) {
      await expect(refusal).rejects.toMatchObject({ code: 'NoSuchUpload' })
    }
  }
})

test('starts are the same only in owner, name, hash, size and all params', async () => {
  const storage = memoryStorage()
  const first: NewUpload = {
    owner: 'ann',
    key: 'a',
    fileName: 'a',
    fileHash: HASH,
    fileSize: 1,
    partSize: 4,
    userParams: { x: { a: 1, b: 2 } },
  }
  const start = async (more: Partial<NewUpload>) =>
    (await storage.create({ ...first, ...more })).uploadId
  const id = await start({})
  expect(await start({ key: 'other', partSize: 5, userParams: { x: { b: 2, a: 1 } } })).toBe(id)
  const others: Partial<NewUpload>[] = [
    { owner: 'eve' },
    { fileName: 'b' },
    { fileHash: '0'.repeat(16) },
    { fileSize: 2 },
    { userParams: {} },
    {
      userParams: {
        x: [
          ['a', 1],
          ['b', 2],
        ],
      },
    },
  ]
  const ids = await Promise.all(others.map(start))
  expect(new Set([id, ...ids]).size).toBe(1 + others.length)
})

test('another secret signs other URLs', async () => {
  const one = await begun({ secret: 'one', clock: () => 0 })
  const two = await begun({ secret: 'two', clock: () => 0 })
  expect(await one.storage.signParts(one.address, [1], where)).not.toEqual(
    await two.storage.signParts(two.address, [1], where),
  )
})

test('a new object replaces the one under its key', async () => {
  const { storage, address, put } = await begun({ resumeStarts: false }, { fileSize: 4 })
  await storage.complete(address, [{ partNumber: 1, ...(await put(1, pieces('abcd'))) }])
  const next = await storage.create({
    owner: 'ann',
    key: address.key,
    fileName: 'b.txt',
    fileHash: HASH,
    fileSize: 0,
    partSize: 4,
    userParams: {},
  })
  expect(textOf(storage.object(address.key))).toBe('abcd')
  const again = { owner: 'ann', key: next.key, uploadId: next.uploadId }
  const [url = ''] = (await storage.signParts(again, [1], { partsUrl: 'x' })).values()
  const [path = '', search = ''] = url.slice(2).split('?')
  const tag = await storage.putPart({
    path,
    search: `?${search}`,
    contentLength: 0,
    body: pieces(),
  })
  await storage.complete(again, [{ partNumber: 1, ...tag }])
  expect(textOf(storage.object(address.key))).toBe('')
  expect(storage.objectKeys()).toEqual([address.key])
})

test('parts are listed in their order, whatever came first', async () => {
  const { storage, address, put } = await begun()
  await put(2, pieces('ef'))
  await put(1, pieces('abcd'))
  const numbers = (await storage.listParts(address)).map(({ partNumber }) => partNumber)
  expect(numbers).toEqual([1, 2])
})

test('a URL from before a clear is not good for the next upload of that id', async () => {
  const { storage, address } = await begun()
  const [url = ''] = (await storage.signParts(address, [1], { partsUrl: 'x' })).values()
  storage.clear()
  const { uploadId } = await storage.create({
    owner: 'ann',
    key: 'other',
    fileName: 'b.txt',
    fileHash: HASH,
    fileSize: 4,
    partSize: 4,
    userParams: {},
  })
  expect(uploadId).toBe(address.uploadId)
  const [path = '', search = ''] = url.slice(2).split('?')
  const late = { path, search: `?${search}`, contentLength: 4, body: pieces('abcd') }
  await expect(storage.putPart(late)).rejects.toMatchObject({ code: 'NoSuchUpload' })
})
