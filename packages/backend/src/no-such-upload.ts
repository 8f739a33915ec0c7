import { BackendError } from './backend-error.ts'

/** One refusal for every upload that is not there, or not there for whoever asks. */
export function noSuchUpload(): BackendError {
  return new BackendError(
    'NoSuchUpload',
    'There is no such upload: it may have been completed or aborted.',
  )
}
