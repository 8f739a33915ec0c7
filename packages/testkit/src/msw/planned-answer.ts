import type { AnswerOptions } from './fault.ts'

/** What S3, or the backend, calls the usual reason for a status. */
const CODES: ReadonlyMap<number, string> = new Map([
  [400, 'InvalidRequest'],
  [401, 'Unauthorized'],
  [403, 'AccessDenied'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [408, 'RequestTimeout'],
  [409, 'OperationAborted'],
  [412, 'PreconditionFailed'],
  [413, 'EntityTooLarge'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [501, 'NotImplemented'],
  [503, 'SlowDown'],
])

/** An answer that was planned: errors are XML from the storage and JSON from the backend. */
export function plannedAnswer(
  status: number,
  options: AnswerOptions,
  side: 'backend' | 'storage',
): Response {
  const headers = new Headers(options.headers)
  if (options.retryAfter !== undefined) headers.set('retry-after', String(options.retryAfter))
  const { type, text } = usualBody(status, options, side)
  const body = options.body ?? text
  const contentType = options.contentType ?? (options.body === undefined ? type : undefined)
  if (contentType !== undefined && !headers.has('content-type')) {
    headers.set('content-type', contentType)
  }
  return new Response(body === '' ? null : body, { status, headers })
}

function usualBody(
  status: number,
  {
    code = CODES.get(status) ?? `Status${status}`,
    message = `The test plans ${status}.`,
  }: AnswerOptions,
  side: 'backend' | 'storage',
): { readonly type: string | undefined; readonly text: string } {
  if (status < 400) return { type: undefined, text: '' }
  return side === 'backend'
    ? { type: 'application/json', text: JSON.stringify({ code, message }) }
    : {
        type: 'application/xml',
        text: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`,
      }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
