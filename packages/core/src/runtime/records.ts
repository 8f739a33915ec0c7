import * as z from 'zod/mini'
import { errorCodes } from '../errors.ts'
import type { Step } from '../machine/decide.ts'
import { restoreUpload, type UploadRecord } from '../machine/restore.ts'
import type { UploadState } from '../machine/upload-state.ts'
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

/** What a journal held: uploads as they go on, and the keys of records that make no sense. */
export interface RestoredJournal {
  readonly uploads: readonly UploadState[]
  readonly corrupt: readonly string[]
  /** Parts of uploads that the journal no longer knows. */
  readonly orphans: readonly string[]
}

export function decodeJournal(records: readonly (readonly [string, string])[]): RestoredJournal {
  const uploads = new Map<string, UploadRecord>()
  const etags = new Map<string, [number, string][]>()
  const corrupt: string[] = []
  const orphans: string[] = []
  for (const [key, value] of records) {
    if (!key.startsWith('u/')) continue
    const record = decodeUpload(key.slice(2), value)
    if (record === undefined) corrupt.push(key)
    else uploads.set(record.file.id, record)
  }
  const setAside = new Set(corrupt)
  const latest = new Map<string, number>()
  for (const [key, etag] of records) {
    if (key.startsWith('u/')) continue
    const [, id = '', generation, part] = /^p\/([^/]+)\/(\d+)\/(\d+)$/.exec(key) ?? []
    const upload = uploads.get(id)
    if (part === undefined || etag === '') corrupt.push(key)
    else if (upload === undefined) {
      if (!setAside.has(uploadKey(id))) orphans.push(key)
    } else if (upload.multipart === undefined) {
      // Of a multipart upload whose record failed to be written. Nothing may come to share its
      // generation: these ETags would pass for those of the new parts.
      orphans.push(key)
      latest.set(id, Math.max(latest.get(id) ?? upload.generation, Number(generation)))
    } else if (Number(generation) !== upload.generation) orphans.push(key)
    else {
      const list = etags.get(id)
      if (list === undefined) etags.set(id, [[Number(part), etag]])
      else list.push([Number(part), etag])
    }
  }
  return {
    uploads: [...uploads.values()]
      .map((record) => {
        const { id } = record.file
        const last = latest.get(id)
        const generation = last === undefined ? record.generation : last + 1
        return restoreUpload({ ...record, generation }, etags.get(id) ?? [])
      })
      .sort((a, b) => a.file.order - b.file.order),
    corrupt,
    orphans,
  }
}

function decodeUpload(id: string, value: string): UploadRecord | undefined {
  // Keys of parts and tasks are built from it.
  if (id === '' || id.includes('/')) return undefined
  const { success, data } = uploadRecord.safeParse(migrate(parseJson(value)))
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
