import {
  createUploader,
  type Store,
  type UploadError,
  type Uploader,
  type UploaderConfig,
} from '@s3-bg-uploader/core'
import { levelStore, nodeTransport } from '@s3-bg-uploader/transport-node'

export interface ConnectOptions {
  /** Undefined: nothing is sent. */
  readonly config: UploaderConfig | undefined
  /** Parts sent at the same time. Default: that of the uploader. */
  readonly concurrency?: number | undefined
  /** The folder of the journal. Undefined: it is kept in memory. */
  readonly stateDir: string | undefined
  /** Makes the journal where there is none; otherwise that is `store_failed`. */
  readonly createState?: boolean | undefined
  /** Leaves the records of the journal as they are. */
  readonly readOnly?: boolean | undefined
}

/**
 * Opens an uploader for a command; tests bring their own. What is in the journal waits until it is
 * told to go on: a command works on what it was asked for, and on nothing else.
 */
export type Connect = (
  options: ConnectOptions,
  onProblem: (error: UploadError) => void,
) => Promise<Uploader<string>>

/** An uploader that reads files from disk. */
export const connectNode: Connect = (options, onProblem) => {
  const { config, concurrency, stateDir, createState = false, readOnly } = options
  const store =
    stateDir === undefined
      ? undefined
      : levelStore(stateDir, { createIfMissing: createState, onProblem })
  return createUploader<string>({
    transport: nodeTransport(),
    store: store !== undefined && readOnly ? unwritten(store) : store,
    config,
    concurrency,
    autoStart: false,
    onProblem,
  })
}

/** The uploader tidies up what it finds; who only wants to look must not even do that. */
function unwritten(store: Store): Store {
  return {
    read: () => store.read(),
    write: async () => {},
    close: () => store.close(),
  }
}
