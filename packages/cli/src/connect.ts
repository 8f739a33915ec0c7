import { createUploader } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import type { Connect } from './upload-files.ts'
import { watchAborts } from './watch-aborts.ts'

/** How long an interrupted command waits for the answers to its abort calls, in milliseconds. */
const ABORT_GRACE = 3000

/** An uploader that reads files from disk and keeps its journal in memory. */
export const connectNode: Connect = async ({ config, concurrency }, onProblem) => {
  const transport = nodeTransport()
  const aborts = watchAborts(transport.platform?.fetch ?? fetch, config.abortApi)
  const uploader = await createUploader<string>({
    transport,
    config,
    concurrency,
    onProblem,
    platform: { fetch: aborts.fetch },
  })
  return {
    uploader,
    async close() {
      const cancelled = uploader
        .uploads()
        .map((upload) => upload.getSnapshot())
        .filter(({ status, key }) => status === 'cancelled' && key !== undefined)
      await aborts.answered(cancelled.length, ABORT_GRACE)
      await uploader.close()
    },
  }
}
