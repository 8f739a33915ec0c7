import { BackendError, isBackendError } from './backend-error.ts'

/** One refusal for every upload that is not there, or not there for whoever asks. */
export const NO_SUCH_UPLOAD = [
  'NoSuchUpload',
  'There is no such upload: it may have been completed or aborted.',
] as const

export function noSuchUpload(): BackendError {
  return new BackendError(...NO_SUCH_UPLOAD)
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
