import { check } from '../check.ts'

/** An answer of the backend, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** Checks that the backend refuses what the client got wrong, and knows whose fault it is. */
export function checkRefused(answer: Answer, what: string, statuses?: readonly number[]): void {
  check(
    answer.status >= 400 && answer.status < 500,
    `${what} should be answered 4xx, but was answered ${inWords(answer)}`,
  )
  check(
    statuses?.includes(answer.status) ?? true,
    `${what} should be answered ${statuses?.join(' or ')}, but was answered ${inWords(answer)}`,
  )
}

export function checkSucceeded(answer: Answer, what: string): void {
  check(isSuccess(answer), `${what} should be answered 2xx, but was answered ${inWords(answer)}`)
}

/** Checks that a call succeeded with a JSON object, and gives that. */
export function jsonOf(answer: Answer, what: string): Readonly<Record<string, unknown>> {
  checkSucceeded(answer, what)
  let value: unknown
  try {
    value = JSON.parse(answer.text)
  } catch {
    throw new Error(`${what} was answered ${inWords(answer)}, which is not JSON`)
  }
  check(typeof value === 'object' && value !== null, `${what} should be answered a JSON object`)
  return value as Readonly<Record<string, unknown>>
}

/** As it is told where something else was expected. */
export function inWords({ status, text }: Answer): string {
  return `${status} ${JSON.stringify(text.slice(0, 200))}`
}
