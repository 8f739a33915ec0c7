import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** The final answer to a request. 1xx are passed over and redirects not followed. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Record<string, string>
  readonly body: Promise<string>
}

/**
 * Resolves when the headers have come.
 *
 * @param read reads the body, from the first byte: it is called while the headers are handled.
 * @throws whatever broke the connection before.
 */
export function answerTo(
  request: ClientRequest,
  read: (message: IncomingMessage) => Promise<string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    request.once('response', (message) => {
      isAnswered = true
      const body = read(message)
      body.catch(() => {})
      resolve({ status: message.statusCode ?? 0, headers: headersOf(message.headers), body })
    })
    request.once('error', reject)
    request.once('close', () => {
      // An Error costs a walk over the stack, also where nobody will see it.
      if (!isAnswered) reject(new Error('The connection closed before an answer came'))
    })
  })
}

/** Whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299
}

/** One string a name. Node has already dropped or joined most of what came twice. */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const record: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) record[name] = Array.isArray(value) ? value.join(', ') : value
  return record
}
