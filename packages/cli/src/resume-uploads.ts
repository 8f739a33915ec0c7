import type { Upload, Uploader } from '@s3-bg-uploader/core'
import type { Connect } from './connect.ts'
import type { Io } from './io.ts'
import { type RunRequest, runUploads, type UploadReport } from './run-uploads.ts'

export interface ResumeRequest extends RunRequest {
  readonly stateDir: string
}

/** Goes on with all that a journal holds and that is not finished; what failed is tried again. */
export function resumeUploads(
  request: ResumeRequest,
  io: Io,
  connect: Connect,
): Promise<UploadReport> {
  return runUploads(
    request,
    io,
    connect,
    (uploader) => unfinished(uploader).length,
    async (session) => {
      for (const upload of unfinished(session.uploader)) {
        upload.retry()
        session.follow(upload.getSnapshot().name, upload)
      }
    },
  )
}

/** In the order in which they were added. */
function unfinished(uploader: Uploader<string>): readonly Upload[] {
  return uploader.uploads().filter((upload) => {
    const { status } = upload.getSnapshot()
    return status !== 'completed' && status !== 'cancelled'
  })
}
