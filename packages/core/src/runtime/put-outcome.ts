import type { Failure } from '../machine/failure.ts'
import type { PutResponse } from '../ports.ts'
import { readErrorReason } from '../protocol/error-body.ts'
import { type EtagMode, findHeader, readEtag } from '../protocol/etag.ts'
import { readHttpDate } from '../protocol/http-date.ts'
import { readRetryAfter } from '../protocol/retry-after.ts'

/** What the answer to a PUT means (contract §2). */
export type PutOutcome =
  | { readonly ok: true; readonly etag: string }
  | { readonly ok: false; readonly failure: Failure }

export function readPutOutcome(
  response: PutResponse,
  part: number,
  mode: EtagMode,
  wallMs: number,
): PutOutcome {
  const { status, headers, body } = response
  if (status >= 200 && status < 300) {
    const etag = readEtag(headers, mode)
    if (etag !== undefined) return { ok: true, etag }
    const message = `part ${part} was answered ${status} without an ETag`
    return { ok: false, failure: { kind: 'unusable', code: 'etag_missing', status, message } }
  }
  const reason = readErrorReason(body)
  const detail = reason === undefined ? '' : ` (${reason})`
  const serverNow = readHttpDate(findHeader(headers, 'date')) ?? wallMs
  return {
    ok: false,
    failure: {
      kind: 'status',
      status,
      reason,
      retryAfterMs: readRetryAfter(findHeader(headers, 'retry-after'), serverNow),
      message: `part ${part} was answered ${status}${detail}`,
    },
  }
}
