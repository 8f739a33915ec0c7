import { BackendError } from './backend-error.ts'

/** Deeper nesting than any upload needs, and far from where recursion ends. */
const MAX_DEPTH = 32

/**
 * The body of a request as JSON, never more than `maxBytes` of it in memory. Objects with a `__proto__`
 * field are refused, so that application code may merge the result into other objects.
 *
 * @throws BackendError `RequestTooLarge`, `InvalidRequest`.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (request.bodyUsed) {
    throw new Error('The body of the request was read before it came to the upload handler.')
  }
  const text = decode(await readBytes(request, maxBytes))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BackendError('InvalidRequest', 'The body is not valid JSON.')
  }
  assertHarmless(value, MAX_DEPTH)
  return value
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BackendError('InvalidRequest', 'The body broke off.')
    })
    if (done) break
    length += value.length
    if (length > maxBytes) {
      // Not awaited: the answer need not wait until the sender takes notice.
      reader.cancel().catch(() => {})
      throw tooLarge(maxBytes)
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function tooLarge(maxBytes: number): BackendError {
  return new BackendError('RequestTooLarge', `The body is longer than ${maxBytes} bytes.`)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BackendError('InvalidRequest', 'The body is not valid UTF-8.')
  }
}

function assertHarmless(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth === 0) throw new BackendError('InvalidRequest', 'The body is nested too deeply.')
  if (Object.hasOwn(value, '__proto__')) {
    throw new BackendError('InvalidRequest', 'The body has a field named __proto__.')
  }
  for (const inner of Object.values(value)) assertHarmless(inner, depth - 1)
}
