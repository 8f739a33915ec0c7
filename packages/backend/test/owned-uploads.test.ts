import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BackendError,
  type OwnedUploadsOptions,
  ownedUploads,
  rememberedStarts,
  type StartedUpload,
  type UploadStorage,
} from '../src/index.ts'
import { Bucket } from './bucket.ts'
import { addressOf, backend } from './fixture.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const SECRET = 'a secret that has 32 bytes or more'
const OTHER_SECRET = 'another secret, just as long as it'
const START = Date.UTC(2026, 0, 2, 3, 4, 5)
const DAY = 24 * 3600 * 1000

/** A handler, with nothing but secrets to know uploads by, on a bucket that knows nobody. */
async function owned(options: Partial<OwnedUploadsOptions> = {}, bucket: Bucket = new Bucket()) {
  const clock = { now: START }
  const storage = ownedUploads(bucket, { secrets: [SECRET], clock: () => clock.now, ...options })
  const instance = await backend({ storage, keyFor: ({ fileName }) => fileName })
  return { ...instance, bucket, clock }
}

type Owned = Awaited<ReturnType<typeof owned>>

/** A started upload of two parts, and both parts in the bucket. */
async function twoParts({ start, bucket }: Owned, fileName = 'folder/a.txt') {
  const upload = await start('abcdef', { fileName })
  const { uploadId } = bucket.calls.at(-1)?.upload ?? expect.fail()
  const parts = ['abcd', 'ef'].map((content, index) => {
    const { partNumber, etag } = bucket.put(uploadId, index + 1, content)
    return { PartNumber: partNumber, ETag: etag }
  })
  bucket.calls.length = 0
  return { ...upload, parts, idInBucket: uploadId }
}

/** Every call that there is about one upload. */
async function askAll(
  { post }: Owned,
  upload: { readonly key: string; readonly uploadId: string; readonly parts: object },
  user?: string,
) {
  const { key, uploadId, parts } = upload
  const address = addressOf({ key, uploadId })
  return [
    await post('/urls', { key, uploadId, parts: [1] }, user),
    // A part outside the plan tells nothing either.
    await post('/urls', { key, uploadId, parts: [99] }, user),
    await post(`/complete/${address}`, { parts }, user),
    await post(`/list-parts/${address}`, {}, user),
    await post(`/abort/${address}`, {}, user),
  ]
}

async function expectUnknown(
  instance: Owned,
  upload: Parameters<typeof askAll>[1],
  user?: string,
): Promise<void> {
  const before = instance.bucket.calls.length
  for (const answer of await askAll(instance, upload, user)) {
    expect(answer).toMatchObject({
      status: 404,
      body: {
        code: 'NoSuchUpload',
        message: 'There is no such upload: it may have been completed or aborted.',
      },
    })
  }
  expect(instance.bucket.calls).toHaveLength(before)
  expect(instance.errors).toEqual([])
}

const other = (character: string) => (character === 'a' ? 'b' : 'a')

describe('a token', () => {
  test('takes a file from start to complete; the storage hears its own id and the owner', async () => {
    const instance = await owned()
    const { post, bucket } = instance
    const { key, uploadId, partSize, parts, idInBucket } = await twoParts(instance)
    expect(partSize).toBe(4)
    const signed = await post('/urls', { key, uploadId, parts: [2, 1] })
    expect(signed.body.urls).toEqual({
      1: 'https://bucket.test/1?X-Signed=1',
      2: 'https://bucket.test/2?X-Signed=1',
    })
    const address = addressOf({ key, uploadId })
    const listed = await post(`/list-parts/${address}`)
    expect(listed.body.parts.map(({ Size }: { Size: number }) => Size)).toEqual([4, 2])
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect(bucket.objects.get(key)).toEqual([4, 2])
    // The answer may have been lost.
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    for (const { upload } of bucket.calls) {
      expect(upload).toEqual({ owner: 'ann', key, uploadId: idInBucket })
    }
  })

  test('names the upload to abort', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    expect((await instance.post(`/abort/${addressOf(upload)}`)).status).toBe(204)
    expect((await instance.post(`/list-parts/${addressOf(upload)}`)).status).toBe(404)
  })

  test('is safe in a path, short, and names neither principal nor key', async () => {
    const instance = await owned()
    const { uploadId } = await twoParts(instance, 'a-folder-name/a-file-name.txt')
    expect(uploadId).toMatch(/^[A-Za-z0-9._~-]+$/)
    expect(uploadId).not.toMatch(/ann|a-folder-name|a-file-name/)
    const storage = ownedUploads(
      {
        ...bareStorage,
        create: async () => ({ key: 'k', uploadId: 'x'.repeat(200), partSize: 1 }),
      },
      { secrets: [SECRET] },
    )
    const long = await storage.create({
      ...newUpload,
      key: 'k'.repeat(1024),
      fileSize: 2 ** 53 - 1,
    })
    expect(long.uploadId.length).toBeLessThan(280)
  })

  test('works on every instance that has the secrets', async () => {
    const one = await owned()
    const two = await owned({}, one.bucket)
    const { key, uploadId, parts } = await twoParts(one)
    expect((await two.post('/urls', { key, uploadId, parts: [1] })).status).toBe(200)
    const address = addressOf({ key, uploadId })
    expect((await two.post(`/complete/${address}`, { parts })).status).toBe(200)
  })
})

describe('behaves as an upload that does not exist:', () => {
  test('a token of somebody else', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    await expectUnknown(instance, upload, 'eve')
    // Nor once it is completed.
    await instance.post(`/complete/${addressOf(upload)}`, { parts: upload.parts })
    await expectUnknown(instance, upload, 'eve')
  })

  test('a token of another key of the same principal, and the other way round', async () => {
    const instance = await owned()
    const one = await twoParts(instance, 'one.txt')
    const two = await twoParts(instance, 'two.txt')
    await expectUnknown(instance, { ...one, key: two.key })
    await expectUnknown(instance, { ...one, uploadId: two.uploadId })
  })

  test('a token whose owner and key only read the same when they are put together', async () => {
    const instance = await owned()
    const { uploadId, parts } = await twoParts(instance, 'n/a.txt')
    await expectUnknown(instance, { key: '/a.txt', uploadId, parts }, 'annn')
    const quoted = await twoParts(instance, 'b","c')
    await expectUnknown(instance, { ...quoted, key: 'c' }, 'ann","b')
  })

  test('a token with any one character changed, or left out, or cut off there', async () => {
    const { bucket, ...instance } = await owned()
    const storage = ownedUploads(bucket, { secrets: [SECRET], clock: () => START })
    const { key, uploadId } = await twoParts({ bucket, ...instance })
    const list = (token: string) => storage.listParts({ owner: 'ann', key, uploadId: token })
    expect(await list(uploadId)).toHaveLength(2)
    bucket.calls.length = 0
    for (const at of uploadId.split('').keys()) {
      const [before, after] = [uploadId.slice(0, at), uploadId.slice(at + 1)]
      for (const forged of [before + other(uploadId[at] ?? '') + after, before + after, before]) {
        await expect(list(forged), forged).rejects.toMatchObject({ code: 'NoSuchUpload' })
      }
    }
    expect(bucket.calls).toEqual([])
  })

  test('a token in another spelling', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    const { uploadId } = upload
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last digit of the MAC has two bits that say nothing.
    const last = digits.indexOf(uploadId[42] ?? '')
    const spellings = [1, 2, 3].map(
      (bits) => uploadId.slice(0, 42) + digits[last ^ bits] + uploadId.slice(43),
    )
    spellings.push(uploadId.replace('.', '.0'), uploadId.replace(/\.2~/, '.~32~'), `${uploadId} `)
    spellings.push(uploadId.toUpperCase(), uploadId.replaceAll('~C3', '~c3'), `${uploadId}=`)
    for (const spelling of spellings) {
      expect(spelling).not.toBe(uploadId)
      await expectUnknown(instance, { ...upload, uploadId: spelling })
    }
  })

  test('the id that the storage gave', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    await expectUnknown(instance, { ...upload, uploadId: upload.idInBucket })
  })

  test('a token that expired', async () => {
    const instance = await owned({ ttlSeconds: 60 })
    const upload = await twoParts(instance)
    instance.clock.now += 59_999
    expect((await instance.post(`/list-parts/${addressOf(upload)}`)).status).toBe(200)
    instance.clock.now += 1
    await expectUnknown(instance, upload)
  })

  test('a token after 30 days, if nothing else is said', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    instance.clock.now += 30 * DAY - 1
    expect((await instance.post(`/list-parts/${addressOf(upload)}`)).status).toBe(200)
    instance.clock.now += 1
    await expectUnknown(instance, upload)
  })

  test('a token of a secret that is gone, but not of one that is only no longer the first', async () => {
    const before = await owned()
    const upload = await twoParts(before)
    const rotated = await owned({ secrets: [OTHER_SECRET, SECRET] }, before.bucket)
    expect((await rotated.post(`/list-parts/${addressOf(upload)}`)).status).toBe(200)
    const later = await twoParts(rotated, 'later.txt')
    const after = await owned({ secrets: [OTHER_SECRET] }, before.bucket)
    expect((await after.post(`/list-parts/${addressOf(later)}`)).status).toBe(200)
    before.bucket.calls.length = 0
    await expectUnknown(after, upload)
    await expectUnknown(before, later)
  })

  test('any text', async () => {
    const instance = await owned()
    const { key, parts, uploadId } = await twoParts(instance)
    const shaped = fc
      .tuple(fc.stringMatching(/^[\w-]{43}$/), fc.stringMatching(/^[\w.~%-]{1,40}$/))
      .map(([mac, rest]) => `${mac}.${rest}`)
    const anyToken = fc
      .oneof(fc.string({ unit: 'grapheme', minLength: 1 }), shaped)
      .filter((text) => text !== uploadId && text !== '.' && text !== '..')
    await fc.assert(
      fc.asyncProperty(anyToken, async (token) => {
        await expectUnknown(instance, { key, parts, uploadId: token })
      }),
      { numRuns: 50 },
    )
  })
})

describe('the plan', () => {
  test.each([[[3]], [[1, 2, 3]], [[10_000]], [[0]], [Array.from({ length: 100_000 }, () => 1)]])(
    'no URL for parts %j',
    async (numbers) => {
      const instance = await owned()
      const { key, uploadId } = await twoParts(instance)
      const answer = await instance.post('/urls', { key, uploadId, parts: numbers })
      expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
      expect(instance.bucket.calls).toEqual([])
    },
  )

  test('a part that is asked for twice is signed once', async () => {
    const instance = await owned()
    const asked: (readonly number[])[] = []
    const { signParts } = instance.bucket
    instance.bucket.signParts = (upload, numbers) => {
      asked.push(numbers)
      return signParts.call(instance.bucket, upload, numbers)
    }
    const { key, uploadId } = await twoParts(instance)
    const { body } = await instance.post('/urls', { key, uploadId, parts: [2, 1, 2, 2] })
    expect(Object.keys(body.urls)).toEqual(['1', '2'])
    expect(asked).toEqual([[2, 1]])
  })

  test('a part fewer or more is no object', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    const { partNumber, etag } = instance.bucket.put(upload.idInBucket, 3, 'gh')
    const [first, second] = upload.parts
    const third = { PartNumber: partNumber, ETag: etag }
    for (const parts of [[first], [second], [first, third], [first, second, third]]) {
      const answer = await instance.post(`/complete/${addressOf(upload)}`, { parts })
      expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    }
    expect(instance.bucket.calls).toEqual([])
    expect(instance.bucket.objects.size).toBe(0)
  })

  test.each([
    [1, 'abc'],
    [1, 'abcde'],
    [2, ''],
    [2, 'e'],
    [2, 'e'.repeat(1000)],
  ])('part %i with the bytes "%s" is no part of the object', async (number, content) => {
    const instance = await owned()
    const upload = await twoParts(instance)
    const { etag } = instance.bucket.put(upload.idInBucket, number, content)
    const parts = upload.parts.map((part) =>
      part.PartNumber === number ? { ...part, ETag: etag } : part,
    )
    const answer = await instance.post(`/complete/${addressOf(upload)}`, { parts })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    expect(instance.bucket.objects.size).toBe(0)
  })

  test('a part that is replaced after its size was looked at is found by the storage', async () => {
    const instance = await owned()
    const { bucket } = instance
    const upload = await twoParts(instance)
    const huge = 'e'.repeat(1000)
    const { listParts } = bucket
    bucket.listParts = async (address) => {
      const parts = await listParts.call(bucket, address)
      bucket.put(upload.idInBucket, 2, huge)
      return parts
    }
    const replaced = bucket.put('unknown', 2, huge).etag
    for (const ETag of [replaced, upload.parts[1]?.ETag]) {
      const parts = [upload.parts[0], { PartNumber: 2, ETag }]
      bucket.put(upload.idInBucket, 2, 'ef')
      const answer = await instance.post(`/complete/${addressOf(upload)}`, { parts })
      expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    }
    expect(bucket.objects.size).toBe(0)
  })

  test('an empty file is one empty part', async () => {
    const instance = await owned()
    const { key, uploadId } = await instance.start('', { fileName: 'empty' })
    const { etag } = instance.bucket.put(instance.bucket.calls[0]?.upload.uploadId ?? '', 1, '')
    const parts = [{ PartNumber: 1, ETag: etag }]
    const answer = await instance.post(`/complete/${addressOf({ key, uploadId })}`, { parts })
    expect(answer.status).toBe(200)
    expect(instance.bucket.objects.get('empty')).toEqual([0])
  })

  test('what the storage cannot tell now is not taken for completed', async () => {
    const instance = await owned()
    const upload = await twoParts(instance)
    instance.bucket.listParts = () =>
      Promise.reject(new BackendError('ServiceUnavailable', 'Slow down.'))
    const answer = await instance.post(`/complete/${addressOf(upload)}`, { parts: upload.parts })
    expect(answer.status).toBe(503)
    expect(instance.bucket.calls).toEqual([])
  })
})

describe('rememberedStarts', () => {
  async function remembering() {
    const records = new Map<string, StartedUpload>()
    const bucket = new Bucket()
    const storage = rememberedStarts(bucket, {
      get: async (start) => records.get(start),
      set: async (start, upload) => void records.set(start, upload),
    })
    const instance = await backend({ storage: ownedUploads(storage, { secrets: [SECRET] }) })
    const idOf = ({ key }: { readonly key: string }) =>
      bucket.calls.find(({ call, upload }) => call === 'create' && upload.key === key)?.upload
        .uploadId ?? expect.fail()
    return { ...instance, bucket, records, idOf }
  }

  test('a start that is repeated goes on with the parts of the first', async () => {
    const { start, post, bucket, idOf } = await remembering()
    const first = await start('abcdef', { albumId: '42' })
    bucket.put(idOf(first), 1, 'abcd')
    const again = await start('abcdef', { albumId: '42' })
    expect(again).toMatchObject({ key: first.key, partSize: first.partSize })
    const listed = await post(`/list-parts/${addressOf(again)}`)
    expect(listed.body.parts).toMatchObject([{ PartNumber: 1, Size: 4 }])
  })

  test.each([
    ['another principal', { albumId: '42' }, 'eve'],
    ['another use', { albumId: '43' }, 'ann'],
    ['another name', { albumId: '42', fileName: 'b.txt' }, 'ann'],
    ['another file', { albumId: '42', fileHash: 'f'.repeat(16) }, 'ann'],
    ['another size', { albumId: '42', fileSize: 7 }, 'ann'],
  ])('a start for %s is a new upload', async (_, change, user) => {
    const { start, post } = await remembering()
    const { key } = await start('abcdef', { albumId: '42' })
    const file = { fileName: 'a.txt', fileHash: '0123456789abcdef', fileSize: 6, ...change }
    expect((await post('/start', file, user)).body.key).not.toBe(key)
  })

  test.each(['abort', 'complete'] as const)(
    'after %s it is a new upload, and that is remembered',
    async (end) => {
      const { start, post, bucket, idOf, records } = await remembering()
      const first = await start('abcd')
      const { etag: ETag } = bucket.put(idOf(first), 1, 'abcd')
      const ended = await post(`/${end}/${addressOf(first)}`, { parts: [{ PartNumber: 1, ETag }] })
      expect(ended.response.ok).toBe(true)
      const second = await start('abcd')
      expect(second.key).not.toBe(first.key)
      expect((await start('abcd')).key).toBe(second.key)
      expect(records.size).toBe(1)
    },
  )

  test('a storage that cannot answer now starts nothing', async () => {
    const { start, post, bucket } = await remembering()
    await start('abcdef')
    bucket.listParts = () => Promise.reject(new BackendError('ServiceUnavailable', 'Slow down.'))
    const file = { fileName: 'a.txt', fileHash: '0123456789abcdef', fileSize: 6 }
    expect((await post('/start', file)).status).toBe(503)
    expect(bucket.calls.map(({ call }) => call)).toEqual(['create'])
  })
})

const newUpload = {
  owner: 'ann',
  key: 'k',
  fileName: 'f',
  fileHash: '0123456789abcdef',
  fileSize: 1,
  partSize: 1,
  userParams: {},
}

const unused = () => Promise.reject(new Error('not asked for'))
const bareStorage: UploadStorage = {
  create: unused,
  signParts: unused,
  complete: unused,
  listParts: unused,
  abort: unused,
}

test.each<[string, Partial<OwnedUploadsOptions>]>([
  ['no secret', { secrets: [] }],
  ['a short secret', { secrets: ['hunter2'] }],
  ['a short secret behind a long one', { secrets: [SECRET, 'hunter2'] }],
  ['no time', { ttlSeconds: 0 }],
  ['half a second', { ttlSeconds: 0.5 }],
  ['forever', { ttlSeconds: Number.POSITIVE_INFINITY }],
])('%s is a RangeError that does not show secrets', (_, options) => {
  const make = () => ownedUploads(bareStorage, { secrets: [SECRET], ...options })
  expect(make).toThrow(RangeError)
  expect(make).not.toThrow(/hunter2/)
})

test('parts are received where the storage receives them, and only there', async () => {
  class Receiving {
    readonly #etag = 'e'
    async putPart() {
      return { etag: this.#etag }
    }
  }
  const receiving = Object.assign(new Receiving(), bareStorage)
  const part = { path: 'p', search: '', contentLength: 0, body: new ReadableStream() }
  const storage = ownedUploads(receiving, { secrets: [SECRET] })
  expect(await storage.putPart?.(part)).toEqual({ etag: 'e' })
  expect('putPart' in ownedUploads(bareStorage, { secrets: [SECRET] })).toBe(false)
})
