import { createUploader } from '@s3-bg-uploader/core'
import { fetchTransport, indexedDbStore } from '../../../src/index.ts'
import { watchLongTasks } from './long-tasks.ts'
import { pageParam } from './page-params.ts'

declare global {
  /** What the page offers to the test outside. */
  var largeFile: LargeFile
  /**
   * Called about 20 times a second while something moves, and after every 64 MiB to look at what is
   * left when the garbage is collected.
   */
  function sampleMemory(collect: boolean): Promise<void>
}

interface LargeFile {
  /** Uploads what was chosen in the page's input. Resolves when it is completed. */
  upload(): Promise<Measured>
}

/** What an upload cost the page's main thread. */
export interface Measured {
  /** Milliseconds of every task of more than 50 ms. */
  readonly longTasks: readonly number[]
  /** Milliseconds. */
  readonly hashing: number
  /** Milliseconds. */
  readonly sending: number
}

const STEP_BYTES = 64 * 1024 * 1024

const journal = indexedDbStore()
const uploader = await createUploader({
  transport: fetchTransport({ files: journal.files }),
  store: journal,
  config: JSON.parse(pageParam('config')),
})

globalThis.largeFile = {
  async upload() {
    const file = document.querySelector('input')?.files?.[0]
    if (file === undefined) throw new Error('No file was chosen')
    const longTasks = watchLongTasks()
    const begin = performance.now()
    const upload = await uploader.uploadFile(file)
    let hashed = 0
    let steps = 0
    upload.subscribe(() => {
      const { status, hashedBytes, sentBytes } = upload.getSnapshot()
      const passed = Math.floor((hashedBytes + sentBytes) / STEP_BYTES)
      void sampleMemory(passed > steps)
      steps = passed
      if (hashed === 0 && status !== 'queued' && status !== 'hashing') hashed = performance.now()
    })
    await upload.done
    return {
      longTasks: longTasks(),
      hashing: Math.round(hashed - begin),
      sending: Math.round(performance.now() - hashed),
    }
  },
}
