import { BackendError, isBackendError } from './backend-error.ts'

/** One refusal for every upload that is not there, or not there for whoever asks. */
export function noSuchUpload(): BackendError {
  return new BackendError(
    'NoSuchUpload',
    'There is no such upload: it may have been completed or aborted.',
  )
}

/** What comes of asking for an upload, or undefined where there is none. Other failures stay failures. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isBackendError(error) && error.code === 'NoSuchUpload') return undefined
    throw error
  }
}
