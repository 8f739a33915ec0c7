/** Characters of the body of an unsuccessful answer that are handed on. */
export const BODY_CHARACTERS: number = 4 * 1024

/** Bytes of an answer that are read so that its connection can be used again. */
export const DRAIN_BYTES: number = 64 * 1024

/** Whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299
}
