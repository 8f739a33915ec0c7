/**
 * The answers of the contract (§2) as zod schemas: normative, for backends and their tests. Clients
 * do not load them: they read the same answers with `protocol/answers.ts`, and a test holds both
 * against each other.
 */
import * as z from 'zod/mini'
import type { ListAnswer, StartAnswer, UrlsAnswer } from './protocol/answers.ts'
import { isPlainObject } from './protocol/plain-object.ts'

export type { ListAnswer, ListedPartAnswer, StartAnswer, UrlsAnswer } from './protocol/answers.ts'

// The message of an issue is what was expected.
const text = z.string('non-empty string').check(z.minLength(1, 'non-empty string'))
const positiveInteger = integerFrom(1, 'positive integer')

/** Contract §2, startUpload. */
export const startAnswer: z.ZodMiniType<StartAnswer> = z.object(
  { key: text, uploadId: text, partSize: positiveInteger },
  'object',
)

/** Contract §2, getUploadUrls. Only the URLs of parts that were asked for are looked at. */
export const urlsAnswer: z.ZodMiniType<UrlsAnswer> = z.object(
  { urls: z.custom<UrlsAnswer['urls']>(isPlainObject, 'object') },
  'object',
)

/** Contract §2, optional extension listPartsApi. */
export const listAnswer: z.ZodMiniType<ListAnswer> = z.object(
  {
    parts: z.array(
      z.object(
        { PartNumber: positiveInteger, ETag: text, Size: integerFrom(0, 'non-negative integer') },
        'object',
      ),
      'array',
    ),
  },
  'object',
)

function integerFrom(least: number, expected: string): z.ZodMiniType<number> {
  return z.int(expected).check(z.minimum(least, expected))
}
