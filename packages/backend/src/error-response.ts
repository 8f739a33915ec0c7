import { BackendError, isBackendError } from './backend-error.ts'

/**
 * What the client gets to see of anything that was thrown; `report` gets whatever is not a refusal, and
 * the refusals that have a cause which is no fault of the client.
 */
export function toBackendError(thrown: unknown, report: (error: unknown) => void): BackendError {
  if (isBackendError(thrown)) {
    if (thrown.status >= 500 && thrown.cause !== undefined) report(thrown)
    return thrown
  }
  report(thrown)
  return new BackendError('InternalError', 'Something went wrong on the server.')
}

/** The errors of the control endpoints. */
export function jsonErrorResponse(
  error: BackendError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { code: error.code, message: error.message },
    {
      status: error.status,
      headers: { 'cache-control': 'no-store', ...headersOf(error), ...headers },
    },
  )
}

/** The errors of the part URLs, in the form that S3 gives them. */
export function xmlErrorResponse(
  error: BackendError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>`
  return new Response(body, {
    status: error.status,
    headers: { 'content-type': 'application/xml', ...headersOf(error), ...headers },
  })
}

function headersOf({ code, retryAfterSeconds }: BackendError): Record<string, string> {
  return {
    ...(retryAfterSeconds === undefined
      ? {}
      : { 'retry-after': String(Math.max(0, Math.ceil(retryAfterSeconds))) }),
    // The rest of the request may never come, so the connection is of no more use.
    ...(code === 'RequestTimeout' ? { connection: 'close' } : {}),
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
