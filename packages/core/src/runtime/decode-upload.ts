import { errorCodes } from '../errors.ts'
import type { Step } from '../machine/decide.ts'
import type { UploadRecord } from '../machine/upload-record.ts'
import { isCount, isPositive } from '../protocol/guard.ts'
import { isPlainObject } from '../protocol/plain-object.ts'
import { migrate } from './migrations.ts'
import { isFlag, isNumber, isOneOf, isText, listOf, objectOf, optional } from './record-shape.ts'
import { RECORD_VERSION } from './records.ts'

function isJson(value: unknown): value is string {
  return isText(value) && parseJson(value) !== undefined
}

function isJsonObject(value: unknown): value is string {
  return isText(value) && isPlainObject(parseJson(value))
}

const OUTCOMES = ['completed', 'failed', 'cancelled'] as const
const STEPS: readonly Step[] = ['start', 'urls', 'complete', 'list', 'abort', 'put', 'file']
const multipartName = { key: isText, uploadId: isText }

const isUploadRecord = objectOf({
  v: isOneOf([RECORD_VERSION]),
  order: isCount,
  name: isText,
  size: isCount,
  lastModified: optional(isNumber),
  transferId: optional(isText),
  userParams: optional(isJsonObject),
  ref: optional(isJson),
  createdAt: isNumber,
  outcome: optional(isOneOf(OUTCOMES)),
  failedWith: optional(
    objectOf({
      code: isOneOf(errorCodes),
      step: isOneOf(STEPS),
      part: optional(isNumber),
      message: isText,
    }),
  ),
  paused: isFlag,
  generation: isCount,
  restarts: isCount,
  hash: optional(isText),
  completeLost: isFlag,
  key: optional(isText),
  parts: isCount,
  multipart: optional(objectOf({ ...multipartName, partSize: isPositive })),
  abandoned: listOf(objectOf(multipartName)),
})

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
  if (!isUploadRecord(present)) return undefined
  const { failedWith, multipart } = present
  return {
    file: {
      id,
      order: present.order,
      name: present.name,
      size: present.size,
      lastModified: present.lastModified,
      transferId: present.transferId,
      userParams: present.userParams,
      ref: present.ref,
      createdAt: present.createdAt,
    },
    outcome: present.outcome,
    failedWith: failedWith && {
      code: failedWith.code,
      step: failedWith.step,
      part: failedWith.part,
      message: failedWith.message,
    },
    paused: present.paused,
    generation: present.generation,
    restarts: present.restarts,
    hash: present.hash,
    completeLost: present.completeLost,
    key: present.key,
    parts: present.parts,
    multipart: multipart && {
      key: multipart.key,
      uploadId: multipart.uploadId,
      partSize: multipart.partSize,
    },
    abandoned: present.abandoned.map(({ key, uploadId }) => ({ key, uploadId })),
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
