import { createUploader } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import type { Connect } from './upload-files.ts'

/** An uploader that reads files from disk and keeps its journal in memory. */
export const connectNode: Connect = ({ config, concurrency }, onProblem) =>
  createUploader<string>({ transport: nodeTransport(), config, concurrency, onProblem })
