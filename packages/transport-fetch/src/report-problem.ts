import type { UploadError } from '@s3-bg-uploader/core'

/** Tells problems to whoever wants to hear of them, or else to the console. Never throws. */
export function reporter(
  onProblem: (problem: UploadError) => void = warn,
): (problem: UploadError) => void {
  return (problem) => {
    try {
      onProblem(problem)
    } catch {
      // There is nobody left to tell.
    }
  }
}

function warn({ message, code, hint, docs, cause }: UploadError): void {
  console.warn(`s3-bg-uploader: ${message} (${code}). ${hint} ${docs}`, cause)
}
