import { UploadError } from '@s3-bg-uploader/core'
import { DamagedDatabase } from './level-store-check.ts'

interface Reason {
  readonly matches: RegExp
  readonly text: string
  readonly hint: string
  readonly retryable?: true
}

/** LevelDB tells the reason only in words; Node gives a code. */
const REASONS: readonly Reason[] = [
  {
    matches: /ENOSPC|EDQUOT|no space left|quota exceeded|EFBIG|file too large|not enough space/i,
    text: 'the disk is full',
    hint: 'Free some space on the disk that holds the journal.',
    retryable: true,
  },
  {
    matches: /EACCES|EPERM|permission denied|not permitted|access is denied/i,
    text: 'permission denied',
    hint: 'Let this user write to that folder and all that is in it, or choose another one.',
  },
  {
    matches: /EROFS|read-only file system/i,
    text: 'the file system is read-only',
    hint: 'Choose a folder on a file system that can be written to.',
  },
  {
    matches: /ENOTDIR|EEXIST|not a directory|file exists/i,
    text: 'there is a file where a folder should be',
    hint: 'Choose the path of a folder; it is created if need be.',
  },
  {
    matches: /EMFILE|ENFILE|too many open files/i,
    text: 'too many files are open',
    hint: 'Close some, or raise the limit (ulimit -n).',
    retryable: true,
  },
  {
    matches: /ENOLCK|ENOSYS|ENOTSUP|no locks available|not (?:implemented|supported)/i,
    text: 'the file system has no locks',
    hint: 'Choose a folder on a local disk.',
  },
]

/** Who cannot open a journal does not begin, but who cannot write to it any more does not stop. */
const GOES_ON = 'Uploads go on, but a crash now would lose progress.'

/** What a failure of the disk, or of LevelDB, means for who uses the journal. */
export function storeFailed(
  directory: string,
  what: 'opened' | 'read' | 'written',
  error: unknown,
): UploadError {
  if (error instanceof UploadError) return error
  const cause = originOf(error)
  const words = cause instanceof Error ? cause.message : String(cause)
  const reason = REASONS.find(({ matches }) => matches.test(words))
  const message = `The journal in ${directory} could not be ${what}: ${reason?.text ?? words}`
  return new UploadError('store_failed', message, {
    cause,
    hint: reason && (what === 'written' ? `${reason.hint} ${GOES_ON}` : reason.hint),
    retryable: what === 'written' || reason?.retryable === true,
  })
}

/** Who asked for a journal that exists gave the path of something else. */
export function noJournal(directory: string): UploadError {
  return new UploadError('store_failed', `There is no journal in ${directory}`, {
    hint: 'Check the path: it must be the folder in which the journal was made.',
  })
}

/** Whether another holds the lock of a database that could not be opened. */
export function isLocked(error: unknown): boolean {
  const cause = originOf(error)
  if (codeOf(cause) !== 'LEVEL_LOCKED') return false
  return !REASONS.some(({ matches }) => matches.test((cause as Error).message))
}

/** Whether the files of a database make no sense; not whether the disk refuses to serve. */
export function isDamage(error: unknown): boolean {
  const cause = originOf(error)
  if (cause instanceof DamagedDatabase || codeOf(cause) === 'LEVEL_CORRUPTION') return true
  // Tables that are too short or not tables at all; LevelDB has no code for these.
  return cause instanceof Error && /^Invalid argument:|: Invalid argument$/.test(cause.message)
}

/** What abstract-level wraps when a database cannot be opened. */
function originOf(error: unknown): unknown {
  return codeOf(error) === 'LEVEL_DATABASE_NOT_OPEN' && (error as Error).cause !== undefined
    ? (error as Error).cause
    : error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
