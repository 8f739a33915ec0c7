import type { Json, Upload } from '@s3-bg-uploader/core'
import { isUploadError, UploadError } from '@s3-bg-uploader/core'
import type { Connect } from './connect.ts'
import type { Io } from './io.ts'
import { type RunRequest, runUploads, type Session, type UploadReport } from './run-uploads.ts'

/** What to upload, and how. */
export interface UploadRequest extends RunRequest {
  readonly paths: readonly string[]
  readonly transferId: string | undefined
  readonly userParams: { readonly [name: string]: Json }
}

/** Uploads the files. One that is in the journal already goes on with the parts that it has. */
export function uploadFiles(
  request: UploadRequest,
  io: Io,
  connect: Connect,
): Promise<UploadReport> {
  const { paths } = request
  return runUploads(
    request,
    io,
    (options, onProblem) => connect({ ...options, createState: true }, onProblem),
    () => paths.length,
    async (session) => {
      // Files are added one after the other and go on side by side.
      for (const path of paths) {
        if (session.interrupted) session.leaveOut(path)
        else await addFile(path, request, session)
      }
    },
  )
}

async function addFile(
  path: string,
  { userParams, transferId }: UploadRequest,
  session: Session,
): Promise<void> {
  let upload: Upload
  try {
    upload = await session.uploader.uploadFile(path, { userParams, transferId })
  } catch (thrown) {
    const error = asUploadError(thrown)
    // The signal came while the file was being added.
    if (error.code === 'closed' && session.interrupted) return session.leaveOut(path)
    return session.leaveOut(path, error)
  }
  session.follow(path, upload)
}

function asUploadError(error: unknown): UploadError {
  if (isUploadError(error)) return error
  return new UploadError('internal', 'The file could not be added', { cause: error })
}
