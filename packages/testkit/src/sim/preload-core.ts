import {
  type BackgroundTransport,
  createUploader,
  type PartQueue,
  type Store,
} from '@s3-bg-uploader/core'

/** A journal with one record, so that what makes sense of records is loaded. */
const store: Store = {
  read: async () => [['of no kind', 'that is known']],
  write: async () => {},
  close: async () => {},
}

const queue: PartQueue = {
  enqueue: async () => {},
  list: async () => [],
  cancel: async () => {},
  acknowledge: async () => {},
  subscribe: () => () => {},
}

const transport: BackgroundTransport<never> = {
  capabilities: { progress: false, reopen: true, nativeHash: false, background: true },
  open: (file) => file,
  reopen: () => Promise.reject(new Error('Nothing was ever open')),
  queue,
}

let loading: Promise<void> | undefined

/**
 * Loads what the core imports when it first needs it. That takes real time, of which a simulation
 * has none: without this the first of several would go another way than the others.
 */
export function preloadCore(): Promise<void> {
  loading ??= load()
  return loading
}

async function load(): Promise<void> {
  const uploader = await createUploader({ transport, store, onProblem: () => {} })
  await uploader.close()
}
