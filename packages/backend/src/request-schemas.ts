import * as z from 'zod/mini'
import { BackendError } from './backend-error.ts'
import { MAX_PARTS } from './default-part-size.ts'

const partNumber = z.int().check(z.minimum(1), z.maximum(MAX_PARTS))

const startRequest = z.looseObject({
  fileName: z.string(),
  fileHash: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
  fileSize: z.int().check(z.minimum(0)),
})

const urlsRequest = z.object({
  key: z.string(),
  uploadId: z.string(),
  parts: z.array(partNumber).check(z.maxLength(MAX_PARTS)),
})

const completeRequest = z.object({
  parts: z
    .array(z.object({ PartNumber: partNumber, ETag: z.string().check(z.minLength(1)) }))
    .check(z.minLength(1), z.maxLength(MAX_PARTS)),
})

/** The body of startUpload, contract §2; `userParams` is every field that the contract does not name. */
export interface StartRequest {
  readonly fileName: string
  readonly fileHash: string
  readonly fileSize: number
  readonly userParams: Readonly<Record<string, unknown>>
}

/** @throws BackendError `InvalidRequest`, naming the fields. */
export function parseStart(body: unknown): StartRequest {
  const { fileName, fileHash, fileSize, ...userParams } = parse(startRequest, body)
  return { fileName, fileHash, fileSize, userParams }
}

/** @throws BackendError `InvalidRequest`, naming the fields. */
export function parseUrls(body: unknown): {
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly number[]
} {
  return parse(urlsRequest, body)
}

/** @throws BackendError `InvalidRequest`, naming the fields. */
export function parseComplete(body: unknown): {
  readonly parts: readonly { readonly PartNumber: number; readonly ETag: string }[]
} {
  return parse(completeRequest, body)
}

function parse<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = z.safeParse(schema, body)
  if (result.success) return result.data
  const fields = new Set(result.error.issues.map(({ path }) => path.map(String).join('.')))
  fields.delete('')
  throw new BackendError(
    'InvalidRequest',
    fields.size === 0
      ? 'The body must be a JSON object.'
      : `Missing or invalid in the body: ${[...fields].slice(0, 10).join(', ')}.`,
  )
}
