import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as z from 'zod/mini'
import {
  describeMismatch,
  type Read,
  readListAnswer,
  readStartAnswer,
  readUrlsAnswer,
} from '../../src/protocol/answers.ts'
import { listAnswer, startAnswer, urlsAnswer } from '../../src/wire.ts'

/** Every draw of these tests follows from it. */
const seed = 20_260_103

/** Right ones, wrong ones, and those at the border between. */
const odd = fc.oneof(
  fc.constantFrom<unknown>('', 'text', 0, -0, -1, 1, 1.5, 2 ** 53 - 1, 2 ** 53, 1e300, null, true),
  fc.constantFrom<unknown>([], {}, [''], { 0: '' }),
  fc.jsonValue(),
)

/** An object with these fields, where each may be missing or be anything, and others may be there. */
function nearly(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> {
  const wrong = Object.fromEntries(
    Object.entries(fields).map(([name, right]) => [
      name,
      fc.oneof({ weight: 4, arbitrary: right }, odd, fc.constant(undefined)),
    ]),
  )
  const others = fc.dictionary(fc.constantFrom('etag', 'bucket', '__proto__', 'parts2'), odd)
  return fc.oneof(
    { weight: 9, arbitrary: fc.tuple(others, fc.record(wrong)).map(([a, b]) => ({ ...a, ...b })) },
    odd,
  )
}

const text = fc.string({ minLength: 1 })
const count = fc.nat()
const listed = nearly({ PartNumber: fc.integer({ min: 1 }), ETag: text, Size: count })

/** What the schema says, in the words in which the client reports it. */
function asTold<T>(schema: z.ZodMiniType<T>, answer: unknown): Read<T> {
  const { success, data, error } = schema.safeParse(answer)
  if (success) return { ok: true, value: data }
  const told = error.issues.map(({ path, message }) =>
    describeMismatch(path, message, valueAt(answer, path)),
  )
  // Of some fields a schema complains twice.
  const problems = [...new Set(told)]
  if (problems.length > 5) problems.splice(5, Infinity, `and ${problems.length - 5} more`)
  return { ok: false, problem: problems.join('; ') }
}

function valueAt(answer: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => Reflect.get(Object(value), name), answer)
}

test.each([
  {
    name: 'startUpload',
    schema: startAnswer,
    read: readStartAnswer,
    answers: nearly({ key: text, uploadId: text, partSize: fc.integer({ min: 1 }) }),
  },
  {
    name: 'getUploadUrls',
    schema: urlsAnswer,
    read: readUrlsAnswer,
    answers: nearly({ urls: fc.dictionary(fc.string(), odd) }),
  },
  {
    name: 'listParts',
    schema: listAnswer,
    read: readListAnswer,
    answers: nearly({ parts: fc.array(listed, { maxLength: 3 }) }),
  },
])('$name is read as its schema says: the same values, the same complaints', (given) => {
  const seen = { right: 0, wrong: 0 }
  fc.assert(
    fc.property(given.answers, (made) => {
      const answer: unknown = JSON.parse(JSON.stringify(made))
      const told = asTold<unknown>(given.schema, answer)
      expect(given.read(answer)).toEqual(told)
      seen[told.ok ? 'right' : 'wrong'] += 1
    }),
    { seed, numRuns: 500 },
  )
  // Answers that are all of one kind would prove nothing.
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(50)
})
