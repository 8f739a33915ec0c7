import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { errorCodes } from '../../src/errors.ts'
import { listEtags } from '../../src/machine/etag-table.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import { recordOf, type UploadRecord } from '../../src/machine/upload-record.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { isPlainObject } from '../../src/protocol/plain-object.ts'
import { decodeJournal } from '../../src/runtime/decode-journal.ts'
import { decodeUpload } from '../../src/runtime/decode-upload.ts'
import { MIGRATIONS } from '../../src/runtime/migrations.ts'
import { encodeUpload, partKey, RECORD_VERSION, uploadKey } from '../../src/runtime/records.ts'
import { begunAnew, unfinished } from '../support/version-1-journals.ts'

/** Every draw of these tests follows from it. */
const seed = 20_260_102

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined })
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const jsonObject = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value))
const multipartName = { key: fc.string(), uploadId: fc.string() }

const uploadRecord: fc.Arbitrary<UploadRecord> = fc.record({
  file: fc.record({
    id: fc.stringMatching(/^[0-9a-v]{16}$/),
    order: count,
    name: fc.string({ unit: 'binary' }),
    size: count,
    lastModified: maybe(count),
    transferId: maybe(fc.string()),
    userParams: maybe(jsonObject),
    ref: maybe(fc.json()),
    createdAt: count,
  }),
  outcome: maybe(fc.constantFrom('completed', 'failed', 'cancelled')),
  failedWith: maybe(
    fc.record({
      code: fc.constantFrom(...errorCodes),
      step: fc.constantFrom('start', 'urls', 'complete', 'list', 'abort', 'put', 'file'),
      part: maybe(fc.integer({ min: 1, max: 10_000 })),
      message: fc.string(),
    }),
  ),
  paused: fc.boolean(),
  generation: count,
  restarts: count,
  hash: maybe(fc.stringMatching(/^[0-9a-f]{16}$/)),
  completeLost: fc.boolean(),
  key: maybe(fc.string()),
  parts: count,
  multipart: maybe(fc.record({ ...multipartName, partSize: fc.integer({ min: 1 }) })),
  abandoned: fc.array(fc.record(multipartName), { maxLength: 3 }),
})

function someRecord(id: string, order = 1): UploadRecord {
  const file = {
    id,
    order,
    name: 'a',
    size: 10,
    lastModified: undefined,
    transferId: undefined,
    userParams: undefined,
    ref: undefined,
    createdAt: 0,
  }
  const multipart = { key: 'k', uploadId: 'u', partSize: 4 }
  return { ...recordOf(newUpload(file)), hash: '0'.repeat(16), parts: 3, multipart }
}

/** What a record is, said a second time and in other words. */
const multipartSchema = z.object({ key: z.string(), uploadId: z.string() })
const natural = z.int().check(z.gte(0))
const recordSchema = z.object({
  v: z.literal(2),
  order: natural,
  name: z.string(),
  size: natural,
  lastModified: z.optional(z.number()),
  transferId: z.optional(z.string()),
  userParams: z.optional(z.string().check(z.refine((text) => isPlainObject(parsed(text))))),
  ref: z.optional(z.string().check(z.refine((text) => parsed(text) !== undefined))),
  createdAt: z.number(),
  outcome: z.optional(z.enum(['completed', 'failed', 'cancelled'])),
  failedWith: z.optional(
    z.object({
      code: z.enum(errorCodes as [string, ...string[]]),
      step: z.enum(['start', 'urls', 'complete', 'list', 'abort', 'put', 'file']),
      part: z.optional(z.number()),
      message: z.string(),
    }),
  ),
  paused: z.boolean(),
  generation: natural,
  restarts: natural,
  hash: z.optional(z.string()),
  completeLost: z.boolean(),
  key: z.optional(z.string()),
  parts: natural,
  multipart: z.optional(z.extend(multipartSchema, { partSize: z.int().check(z.positive()) })),
  abandoned: z.array(multipartSchema),
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

describe('a record of an upload', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(uploadRecord, (record) => {
        const { uploads, corrupt, orphans } = decodeJournal([
          [uploadKey(record.file.id), encodeUpload(record)],
        ])
        expect({ corrupt, orphans }).toEqual({ corrupt: [], orphans: [] })
        expect(uploads).toEqual([restoreUpload(record, [])])
      }),
      { seed },
    )
  })

  test('is what the restored upload would write again', () => {
    fc.assert(
      fc.property(uploadRecord, (record) => {
        const written = encodeUpload(record)
        const [restored] = decodeJournal([[uploadKey(record.file.id), written]]).uploads
        expect(restored && encodeUpload(recordOf(restored))).toBe(written)
      }),
      { seed },
    )
  })

  test.each([
    ['this version', encodeUpload(someRecord('x'))],
    ['version 1', begunAnew[0]?.[1] ?? ''],
  ])('of %s is set aside when it makes no sense, and never throws', (_, good) => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          // Cut off, or with one character changed.
          fc.nat({ max: good.length - 1 }).map((at) => good.slice(0, at)),
          fc
            .tuple(fc.nat({ max: good.length - 1 }), fc.string({ maxLength: 2 }))
            .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1)),
        ),
        (value) => {
          const { uploads, corrupt, newer, orphans } = decodeJournal([['u/x', value]])
          expect(orphans).toEqual([])
          expect([...corrupt, ...newer]).toEqual(uploads.length === 1 ? [] : ['u/x'])
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  test('of this version is taken as its schema says, and without what it has besides', () => {
    const { v: _, ...fields } = recordSchema._zod.def.shape
    const names = Object.keys(fields)
    const odd = fc.oneof(
      fc.constantFrom<unknown>(undefined, null, '', '{}', '[]', '{', 0, -1, 1.5, 2 ** 53, true, []),
      fc.constantFrom<unknown>({}, { key: 'k', uploadId: 'u' }, [{ key: 'k' }], 'failed'),
      fc.constantFrom<unknown>({ key: 'k', uploadId: 'u', partSize: 0, more: 1 }),
      fc.constantFrom<unknown>({ code: 'internal', step: 'put', message: '', more: 1 }),
      fc.constantFrom<unknown>([{ key: 'k', uploadId: 'u', more: 1 }]),
      fc.jsonValue(),
    )
    const seen = { right: 0, wrong: 0 }
    fc.assert(
      fc.property(uploadRecord, fc.constantFrom('more', ...names), odd, (record, name, value) => {
        const written = JSON.stringify({ ...JSON.parse(encodeUpload(record)), [name]: value })
        const { success, data } = recordSchema.safeParse(JSON.parse(written))
        const decoded = decodeUpload(record.file.id, written, [])
        seen[success ? 'right' : 'wrong'] += 1
        if (typeof decoded === 'object') {
          const { file, ...rest } = decoded
          expect({ ...file, ...rest }).toEqual({ ...data, v: undefined, id: record.file.id })
        } else expect(success).toBe(false)
      }),
      { seed, numRuns: 500 },
    )
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(50)
  })

  test.each([
    ['a version that is no number', { v: '2' }],
    ['no version that there ever was', { v: 0 }],
    ['half a version', { v: 1.5 }],
    ['no version', { v: undefined }],
    ['a negative size', { size: -1 }],
    ['a size with a fraction', { size: 1.5 }],
    ['an unknown outcome', { outcome: 'exploded' }],
    ['an unknown error code', { failedWith: { code: 'oops', step: 'put', message: '' } }],
    ['a partSize of zero', { multipart: { key: 'k', uploadId: 'u', partSize: 0 } }],
    ['no name', { name: undefined }],
    ['userParams that are not JSON', { userParams: '{' }],
    ['userParams that are no object', { userParams: '[]' }],
    ['a ref that is not JSON', { ref: '' }],
  ])('with %s makes no sense', (_, wrong) => {
    const value = JSON.stringify({ ...JSON.parse(encodeUpload(someRecord('x'))), ...wrong })
    expect(decodeJournal([['u/x', value]])).toMatchObject({ uploads: [], corrupt: ['u/x'] })
  })

  test('of version 1 is lifted to the present version', () => {
    const abandoned = (journal: typeof unfinished): object[] =>
      decodeJournal(journal).uploads.map((state) => recordOf(state).abandoned)
    expect(abandoned(unfinished)).toEqual([[]])
    expect(abandoned(begunAnew)).toEqual([[{ key: 'in/clip.mp4', uploadId: 'mp-1' }]])
  })

  test.each([
    ['abandoned is no multipart upload', { abandoned: 'mp-1' }],
    ['abandoned is a list', { abandoned: [{ key: 'k', uploadId: 'm' }] }],
    ['completeLost is missing', { completeLost: undefined }],
  ])('of version 1 makes no sense where %s', (_, wrong) => {
    const value = JSON.stringify({ ...JSON.parse(begunAnew[0]?.[1] ?? ''), ...wrong })
    expect(decodeJournal([['u/x', value]])).toMatchObject({ uploads: [], corrupt: ['u/x'] })
  })

  test('of a newer version is set aside with its parts', () => {
    const { uploads, corrupt, newer, orphans } = decodeJournal([
      ['u/x', '{"v":3}'],
      [partKey('x', 0, 1), 'etag'],
    ])
    expect({ uploads, corrupt, newer, orphans }).toEqual({
      uploads: [],
      corrupt: [],
      newer: ['u/x'],
      orphans: [],
    })
  })

  test.each(['u/', 'u/a/b'])('under the key %s makes no sense', (key) => {
    const value = encodeUpload(someRecord('x'))
    expect(decodeJournal([[key, value]])).toMatchObject({ uploads: [], corrupt: [key] })
  })

  test('may have fields that we do not know', () => {
    const value = JSON.stringify({ ...JSON.parse(encodeUpload(someRecord('x'))), future: 1 })
    expect(decodeJournal([['u/x', value]])).toMatchObject({ corrupt: [] })
  })
})

describe('a record of a part', () => {
  test('comes back as its ETag', () => {
    const { uploads } = decodeJournal([
      [partKey('x', 0, 3), 'c'],
      [uploadKey('x'), encodeUpload(someRecord('x'))],
      [partKey('x', 0, 1), 'a'],
    ])
    const multipart = uploads[0]?.multipart
    expect(multipart && listEtags(multipart.confirmed)).toEqual([
      { part: 1, etag: 'a' },
      { part: 3, etag: 'c' },
    ])
    expect(multipart?.confirmedBytes).toBe(6)
  })

  test('of another generation or of no upload is an orphan', () => {
    const keys = [partKey('x', 1, 1), partKey('y', 0, 1)]
    const { uploads, orphans, corrupt } = decodeJournal([
      [uploadKey('x'), encodeUpload(someRecord('x'))],
      ...keys.map((key) => [key, 'a'] as const),
    ])
    expect(orphans).toEqual(keys)
    expect(corrupt).toEqual([])
    expect(uploads[0]?.multipart?.confirmed.size).toBe(0)
  })

  test('of a multipart upload whose record was never written is an orphan, and never counts', () => {
    const keys = [partKey('x', 0, 1), partKey('x', 4, 2)]
    const record = { ...someRecord('x'), multipart: undefined }
    const { uploads, orphans } = decodeJournal([
      [uploadKey('x'), encodeUpload(record)],
      ...keys.map((key) => [key, 'a'] as const),
    ])
    expect(orphans).toEqual(keys)
    // What is written of the next one must not be taken for it.
    expect(uploads).toMatchObject([{ generation: 5, multipart: undefined }])
  })

  test('of an upload that is set aside is left alone', () => {
    const { orphans } = decodeJournal([
      [partKey('x', 0, 1), 'a'],
      [uploadKey('x'), '{'],
    ])
    expect(orphans).toEqual([])
  })

  test('without an ETag, or under another key, makes no sense', () => {
    const keys = [partKey('x', 0, 1), 'p/x/0', 'p/x/0/1/2', 'p/x/a/1', 'q/x', '']
    const { corrupt } = decodeJournal([
      [uploadKey('x'), encodeUpload(someRecord('x'))],
      ...keys.map((key, index) => [key, index === 0 ? '' : 'a'] as const),
    ])
    expect(corrupt).toEqual(keys)
  })

  test('outside of the plan is ignored', () => {
    const { uploads } = decodeJournal([
      [uploadKey('x'), encodeUpload(someRecord('x'))],
      [partKey('x', 0, 0), 'a'],
      [partKey('x', 0, 4), 'a'],
    ])
    expect(uploads[0]?.multipart?.confirmed.size).toBe(0)
  })
})

test('uploads come in the order in which they were added', () => {
  const records = [3, 1, 2].map(
    (order) => [uploadKey(`x${order}`), encodeUpload(someRecord(`x${order}`, order))] as const,
  )
  expect(decodeJournal(records).uploads.map(({ file }) => file.id)).toEqual(['x1', 'x2', 'x3'])
})

test('the migrations lift every older version, step by step, to the one that is written', () => {
  expect(MIGRATIONS).toHaveLength(RECORD_VERSION - 1)
  expect(JSON.parse(encodeUpload(someRecord('a'))).v).toBe(RECORD_VERSION)
})
