import * as z from 'zod/mini'
import { errorCodes } from '../errors.ts'
import type { Step } from '../machine/decide.ts'
import type { UploadRecord } from '../machine/restore.ts'
import { isPlainObject } from '../protocol/plain-object.ts'
import { migrate, RECORD_VERSION } from './migrations.ts'

/**
 * The journal's records: one of an upload under `u/{id}`, and one of a confirmed part under
 * `p/{id}/{generation}/{part}` whose value is the ETag. A part record is written once and is as
 * small for the last part as for the first.
 */
export function uploadKey(id: string): string {
  return `u/${id}`
}

export function partKey(id: string, generation: number, part: number): string {
  return `p/${id}/${generation}/${part}`
}

const jsonText = z.string().check(z.refine((text) => parseJson(text) !== undefined))
const jsonObjectText = z.string().check(z.refine((text) => isPlainObject(parseJson(text))))

const count = z.int().check(z.gte(0))
const multipartName = { key: z.string(), uploadId: z.string() }
const steps: [Step, ...Step[]] = ['start', 'urls', 'complete', 'list', 'abort', 'put', 'file']

const uploadRecord = z.object({
  v: z.literal(RECORD_VERSION),
  order: count,
  name: z.string(),
  size: count,
  lastModified: z.optional(z.number()),
  transferId: z.optional(z.string()),
  userParams: z.optional(jsonObjectText),
  ref: z.optional(jsonText),
  createdAt: z.number(),
  outcome: z.optional(z.enum(['completed', 'failed', 'cancelled'])),
  failedWith: z.optional(
    z.object({
      code: z.enum(errorCodes as [string, ...string[]]),
      step: z.enum(steps),
      part: z.optional(z.number()),
      message: z.string(),
    }),
  ),
  paused: z.boolean(),
  generation: count,
  restarts: count,
  hash: z.optional(z.string()),
  completeLost: z.boolean(),
  key: z.optional(z.string()),
  parts: count,
  multipart: z.optional(z.object({ ...multipartName, partSize: z.int().check(z.positive()) })),
  abandoned: z.array(z.object(multipartName)),
})

export function encodeUpload(record: UploadRecord): string {
  const { id: _, ...file } = record.file
  return JSON.stringify({ v: RECORD_VERSION, ...file, ...record, file: undefined })
}

/** The record, `newer` where a newer version wrote it, undefined where it makes no sense. */
export function decodeUpload(
  id: string,
  value: string,
  parts: Parameters<typeof migrate>[1],
): UploadRecord | 'newer' | undefined {
  // Keys of parts and tasks are built from it.
  if (id === '' || id.includes('/')) return undefined
  const present = migrate(parseJson(value), parts)
  if (present === 'newer') return present
  const { success, data } = uploadRecord.safeParse(present)
  if (!success) return undefined
  return {
    file: {
      id,
      order: data.order,
      name: data.name,
      size: data.size,
      lastModified: data.lastModified,
      transferId: data.transferId,
      userParams: data.userParams,
      ref: data.ref,
      createdAt: data.createdAt,
    },
    outcome: data.outcome,
    failedWith: data.failedWith && {
      code: data.failedWith.code as (typeof errorCodes)[number],
      step: data.failedWith.step,
      part: data.failedWith.part,
      message: data.failedWith.message,
    },
    paused: data.paused,
    generation: data.generation,
    restarts: data.restarts,
    hash: data.hash,
    completeLost: data.completeLost,
    key: data.key,
    parts: data.parts,
    multipart: data.multipart,
    abandoned: data.abandoned,
  }
}

/** Undefined where the text is not JSON, which no JSON text stands for. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
