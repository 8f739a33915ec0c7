import { UploadError } from '@s3-bg-uploader/core'
import { nameOf } from '../error-name.ts'

interface Reason {
  readonly text: string
  readonly hint: string
  readonly retryable?: true
}

/** By the name of the DOMException. */
const REASONS: Readonly<Record<string, Reason>> = {
  QuotaExceededError: {
    text: 'the browser grants it no more space',
    hint: 'Free space on the disk, or lower maxKeptBytes. Uploads go on, but closing the page now would lose progress.',
    retryable: true,
  },
  VersionError: {
    text: 'a newer version of this page has upgraded it',
    hint: 'Reload this page.',
  },
  NotFoundError: {
    text: 'the database of that name belongs to something else',
    hint: 'Give the journal a name of its own: indexedDbStore({ name }).',
  },
  SecurityError: {
    text: 'the browser forbids this page to keep anything',
    hint: 'Site data is blocked, or this is a sandboxed frame. Without a store uploads work too, but do not survive a reload.',
  },
}

/** What a failure of IndexedDB means for who uses the journal. */
export function storeFailed(
  name: string,
  what: 'opened' | 'read' | 'written',
  cause: unknown,
): UploadError {
  if (cause instanceof UploadError) return cause
  const reason = Object.hasOwn(REASONS, nameOf(cause)) ? REASONS[nameOf(cause)] : undefined
  const words = reason?.text ?? (cause instanceof Error ? cause.message || cause.name : `${cause}`)
  return new UploadError('store_failed', `The journal ${name} could not be ${what}: ${words}`, {
    cause,
    hint: reason?.hint,
    retryable: what === 'written' || reason?.retryable === true,
  })
}

/**
 * Whether a fresh connection may do better. Browsers close databases as they like (in the
 * background, after a crash of their own), and Safari does so without a word before the next use.
 */
export function isConnectionLost(error: unknown): boolean {
  return ['AbortError', 'InvalidStateError', 'UnknownError'].includes(nameOf(error))
}
