import * as z from 'zod/mini'

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

// The message of an issue is what was expected; `readAnswer` adds where and what came instead.
const text = z.string('string').check(z.minLength(1, 'non-empty string'))
const positiveInteger = integerFrom(1, 'positive integer')

/** Contract §2, startUpload. */
export const startAnswer: z.ZodMiniType<StartAnswer> = z.object(
  { key: text, uploadId: text, partSize: positiveInteger },
  'object',
)

/** Contract §2, getUploadUrls. */
export const urlsAnswer: z.ZodMiniType<UrlsAnswer> = z.object(
  { urls: z.record(z.string(), z.unknown(), 'object') },
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

function integerFrom(least: number, expected: string): z.ZodMiniNumber<number> {
  return z
    .number(expected)
    .check(z.refine((value) => Number.isSafeInteger(value) && value >= least, expected))
}
