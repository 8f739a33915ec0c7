import type { UploadError } from '@s3-bg-uploader/core'
import { isUploadError } from '@s3-bg-uploader/core'
import { CommandError } from './command-error.ts'
import { printable } from './printable.ts'
import { UsageError } from './usage-error.ts'

/** One failure, with the file it belongs to where it belongs to one. */
export interface Failure {
  readonly path?: string | undefined
  readonly error: unknown
  /** For errors that carry no hint themselves. */
  readonly hint?: string | undefined
  /** How often it came. Default: once. */
  readonly count?: number
}

/** Something that went wrong and stops nothing. */
export interface Problem {
  readonly error: UploadError
  /** How often it did. */
  readonly count: number
}

/** `error: …` lines, each group of the same kind followed by its one `hint: …`, and where to read on. */
export function describeFailures(failures: readonly Failure[]): string {
  return describe('error', failures)
}

/** The same for problems that stop nothing. */
export function describeProblems(problems: readonly Problem[]): string {
  return describe('warning', problems)
}

function describe(label: 'error' | 'warning', failures: readonly Failure[]): string {
  const groups = new Map<string, string>()
  for (const failure of failures) {
    const advice = adviceOf(failure)
    groups.set(advice, `${groups.get(advice) ?? ''}${lineOf(label, failure)}\n`)
  }
  return [...groups].map(([advice, lines]) => lines + advice).join('')
}

function adviceOf(failure: Failure): string {
  const hint = hintOf(failure)
  const docs = isUploadError(failure.error) ? `docs: ${failure.error.docs}\n` : ''
  return hint === undefined ? docs : `hint: ${hint}\n${docs}`
}

function lineOf(label: string, { path, error, count = 1 }: Failure): string {
  const subject = path === undefined ? '' : `${printable(path)}: `
  const times = count === 1 ? '' : ` (${count} times)`
  return `${label}: ${subject}${messageOf(error)}${detailsOf(error)}${times}`
}

/** The message of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error))
}

function hintOf({ error, hint }: Failure): string | undefined {
  const hasOwn =
    isUploadError(error) || error instanceof UsageError || error instanceof CommandError
  return hasOwn ? error.hint : hint
}

/** ` [storage_rejected, part 3, status 400]` */
function detailsOf(error: unknown): string {
  if (!isUploadError(error)) return ''
  const { code, call, part, status } = error
  return ` [${[
    code,
    call === undefined ? undefined : `${call} call`,
    part === undefined ? undefined : `part ${part}`,
    status === undefined ? undefined : `status ${status}`,
  ]
    .filter((detail) => detail !== undefined)
    .join(', ')}]`
}

/** The error as data, without the cause: what it holds is not ours to publish. */
export function errorToJson(error: UploadError): Record<string, unknown> {
  const { code, message, hint, docs, retryable, part, status, call } = error
  return { code, message, hint, docs, retryable, part, status, call }
}
