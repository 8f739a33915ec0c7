import * as z from 'zod/mini'
import { isPlainObject } from './plain-object.ts'

/** The answer to startUpload. */
export interface StartAnswer {
  readonly key: string
  readonly uploadId: string
  /** Bytes of every part but the last. */
  readonly partSize: number
}

/** The answer to getUploadUrls. Only the parts that were asked for are looked at. */
export interface UrlsAnswer {
  readonly urls: Readonly<Record<string, unknown>>
}

/** One part as S3's ListParts tells it. */
export interface ListedPartAnswer {
  readonly PartNumber: number
  readonly ETag: string
  readonly Size: number
}

/** The answer to listParts. */
export interface ListAnswer {
  readonly parts: readonly ListedPartAnswer[]
}

// The message of an issue is what was expected; `readAnswer` adds where and what came instead. Leaves
// are `custom`, and so is the record: zod's own kinds of them would weigh another kilobyte.
const text = z.custom<string>(
  (value) => typeof value === 'string' && value !== '',
  'non-empty string',
)
const positiveInteger = integerFrom(1, 'positive integer')

/** Contract §2, startUpload. */
export const startAnswer: z.ZodMiniType<StartAnswer> = z.object(
  { key: text, uploadId: text, partSize: positiveInteger },
  'object',
)

/** Contract §2, getUploadUrls. */
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

function integerFrom(least: number, expected: string): z.ZodMiniType<number, number> {
  return z.custom<number>(
    (value) => Number.isSafeInteger(value) && Number(value) >= least,
    expected,
  )
}
