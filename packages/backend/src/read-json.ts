import { BackendError } from './backend-error.ts'

/** Deeper nesting than any upload needs, and far from where recursion ends. */
const MAX_DEPTH = 32

/** What is longer makes timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Most bodies are shorter. */
const FIRST_BUFFER_BYTES = 4096

export interface BodyLimits {
  readonly maxBytes: number
  /** For the whole body to arrive. */
  readonly timeoutSeconds: number
}

/**
 * The body of a request as JSON, never more than `maxBytes` of it in memory. Objects through which a
 * careless merge reaches the prototype of all objects are refused, so that application code may merge the
 * result into others.
 *
 * @throws BackendError `RequestTooLarge`, `RequestTimeout`, `InvalidRequest`.
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  if (request.bodyUsed) {
    throw new Error('The body of the request was read before it came to the upload handler.')
  }
  const text = decode(await readBytes(request, limits))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BackendError('InvalidRequest', 'The body is not valid JSON.')
  }
  assertHarmless(value, MAX_DEPTH)
  return value
}

async function readBytes(
  request: Request,
  { maxBytes, timeoutSeconds }: BodyLimits,
): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  // Not awaited: the answer need not wait until the sender takes notice.
  const giveUp = () => void reader.cancel().catch(() => {})
  let late = false
  const expire = () => {
    late = true
    // Ends the read that is waiting.
    giveUp()
  }
  const timer = setTimeout(expire, Math.min(timeoutSeconds * 1000, MAX_TIMER_MS))
  try {
    // Grows by doubling. A list of chunks would cost a hundred times the body where each has one byte.
    let bytes = new Uint8Array(Math.min(maxBytes, FIRST_BUFFER_BYTES))
    let length = 0
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new BackendError('InvalidRequest', 'The body broke off.')
      })
      if (late) {
        throw new BackendError(
          'RequestTimeout',
          `The body did not arrive within ${timeoutSeconds} seconds.`,
        )
      }
      if (done) return bytes.subarray(0, length)
      if (length + value.length > maxBytes) {
        giveUp()
        throw tooLarge(maxBytes)
      }
      if (length + value.length > bytes.length) {
        const larger = new Uint8Array(Math.min(maxBytes, 2 * (length + value.length)))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(value, length)
      length += value.length
    }
  } finally {
    clearTimeout(timer)
  }
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
  if (Object.hasOwn(value, '__proto__') || leadsToPrototype(value)) {
    throw new BackendError('InvalidRequest', 'The body has a field that stands for a prototype.')
  }
  for (const inner of Object.values(value)) assertHarmless(inner, depth - 1)
}

/** `constructor.prototype` is the other name of `__proto__`. */
function leadsToPrototype(value: object): boolean {
  const inner: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')
}
