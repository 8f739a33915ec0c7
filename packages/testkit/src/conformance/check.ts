import { type ErrorCode, isUploadError, type UploadError } from '@s3-bg-uploader/core'

/** Fails the case unless `condition` holds. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Fails the case unless both are the same value, or the same JSON. */
export function checkEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [inWords(actual), inWords(expected)]
  if (Object.is(actual, expected) || (isObject(actual) && isObject(expected) && is === should)) {
    return
  }
  // Runners that know `actual` and `expected` show a diff.
  throw Object.assign(new Error(`${what} should be ${should}, but is ${is}`), { actual, expected })
}

/** Fails the case unless the bytes are the same; tells where they begin to differ. */
export function checkBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  check(
    actual.length === expected.length,
    `${what}: there should be ${expected.length} bytes, but there are ${actual.length}`,
  )
  const at = actual.findIndex((byte, index) => byte !== expected[index])
  check(at === -1, `${what}: byte ${at} should be ${expected[at]}, but is ${actual[at]}`)
}

/** What `promise` rejects with. Fails the case when it resolves. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`${what} should reject, but resolved with ${inWords(outcome.value)}`)
}

/** Fails the case unless `error` is an UploadError with one of the codes and says what to do. */
export function checkUploadError(
  error: unknown,
  codes: readonly ErrorCode[],
  what: string,
): asserts error is UploadError {
  check(isUploadError(error), `${what} should throw an UploadError, but threw ${inWords(error)}`)
  check(
    codes.includes(error.code),
    `${what} should throw ${codes.join(' or ')}, but threw ${error.code}: ${error.message}`,
  )
  check(error.message.length > 0, `${what}: the UploadError has no message`)
  check(error.hint.length > 0, `${what}: the UploadError has no hint`)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function inWords(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}
