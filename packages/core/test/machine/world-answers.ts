import type { ErrorCode } from '../../src/errors.ts'
import type { Failure } from '../../src/machine/failure.ts'
import { partLength } from '../../src/machine/plan.ts'
import type { Job, NewEvent, Put, Uploading } from './world-parts.ts'
import type { WorldStorage } from './world-storage.ts'

const LIVES = [undefined, undefined, 900_000, 900_000, 1000, 1]

const exchange: Failure = { kind: 'exchange', message: 'the connection broke' }
const status = (code: number, reason?: string, retryAfterMs?: number): Failure => ({
  kind: 'status',
  status: code,
  message: `status ${code}`,
  reason,
  retryAfterMs,
})
const unusable: Failure = {
  kind: 'unusable',
  code: 'response_invalid',
  status: 200,
  message: 'no key',
}
const noEtag: Failure = { kind: 'unusable', code: 'etag_missing', status: 200, message: 'no ETag' }
export const local = (code: ErrorCode): Failure => ({
  kind: 'local',
  code,
  message: code,
})
const lostUpload = status(404, 'NoSuchUpload')

const CALL_FAILURES = [
  exchange,
  exchange,
  status(500),
  status(503, undefined, 7000),
  status(403),
  unusable,
]

/** A control call. */
type Call = Exclude<Job, { kind: 'open' | 'hash' | 'put' }>

/** How a control call fails, if it does: half of all answers are good ones. */
export function failureOf(storage: WorldStorage, job: Call, how: number): Failure | undefined {
  if (how >= 1 && how <= CALL_FAILURES.length) {
    if (job.kind === 'complete' && (how === 2 || how === 4)) storage.complete(job.uploadId)
    return CALL_FAILURES[how - 1]
  }
  if (job.kind !== 'complete' && job.kind !== 'abort') return undefined
  if (how === 7) storage.forget(job.uploadId)
  const stored = storage.get(job.uploadId)
  return stored !== undefined && stored.status !== 'open' ? lostUpload : undefined
}

/** What a control call does, and what it is answered. */
export function successOf(
  storage: WorldStorage,
  { file, partSize, state }: Uploading,
  job: Call,
  {
    how,
    live,
    now,
    draw,
  }: {
    readonly how: number
    /** Whether the machine still waits for it. */
    readonly live: boolean
    readonly now: number
    readonly draw: number
  },
): NewEvent {
  const { ticket } = job
  const uploadId = state.multipart?.uploadId ?? 'none'
  switch (job.kind) {
    case 'start': {
      const { size } = live ? state.file : file
      const begun = storage.begin(size, partSize)
      // No whole number makes too many parts of so small a file.
      const given = how === 7 && size >= 20 ? 0.001 : partSize
      return { type: 'started', ticket, ...begun, partSize: given }
    }
    case 'urls': {
      if (how === 7) storage.forget(uploadId)
      if (storage.get(uploadId)?.status === 'gone') {
        return { type: 'callFailed', call: 'urls', ticket, failure: lostUpload, draw }
      }
      const lifeMs = how === 8 ? -1 : LIVES[how % LIVES.length]
      const urls = job.parts.map((part) => {
        const url = storage.sign(uploadId, part, now + (lifeMs ?? Number.POSITIVE_INFINITY))
        return { part, url, lifeMs }
      })
      return { type: 'signed', ticket, urls, draw }
    }
    case 'list': {
      const stored = storage.get(uploadId)
      if (stored?.status !== 'open') {
        return { type: 'callFailed', call: 'list', ticket, failure: lostUpload, draw }
      }
      const parts = [...stored.parts].map((part) => ({
        part,
        etag: `etag ${part}`,
        size: partLength(stored.size, stored.partSize, part),
      }))
      return { type: 'listed', ticket, parts }
    }
    case 'complete':
      storage.complete(job.uploadId)
      return { type: 'completed', ticket }
    case 'abort':
      storage.forget(job.uploadId)
      return { type: 'aborted', ticket }
  }
}

const PUT_FAILURES = [
  exchange,
  exchange,
  status(403, 'AccessDenied'),
  status(503, 'SlowDown', 7000),
  status(500),
  noEtag,
  noEtag,
  status(400, 'RequestTimeout'),
  status(400, 'InvalidDigest'),
  local('source_changed'),
]

/** How a PUT fails, if it does. It may have been stored all the same. */
export function putFailureOf(
  storage: WorldStorage,
  put: Put,
  uploadId: string,
  how: number,
): Failure | undefined {
  if (how === 7) storage.forget(uploadId)
  if (storage.get(uploadId)?.status !== 'open') return lostUpload
  // 403 twice as likely: the case with most to get wrong.
  const failure =
    how > 0 && how <= 6 ? PUT_FAILURES[how - 1] : how > 20 ? PUT_FAILURES[how - 21] : undefined
  const isStored =
    failure === undefined || failure === noEtag || (failure === exchange && how % 2 === 0)
  if (isStored) storage.store(put, uploadId)
  return failure
}
