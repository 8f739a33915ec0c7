import {
  createUploader,
  type Store,
  type Uploader,
  type UploadSnapshot,
} from '@s3-bg-uploader/core'
import { type ChosenFile, fetchTransport, indexedDbStore } from '../../../src/index.ts'
import { contentOf } from './content.ts'
import { pageParam } from './page-params.ts'

declare global {
  /** What the page offers to the test outside. */
  var app: App
}

interface App {
  readonly uploader: Uploader<ChosenFile>
  /** Uploads a Blob in memory. */
  uploadBlob(bytes: number): Promise<void>
  /** Uploads a file of the origin private file system, by its handle. */
  uploadHandle(bytes: number): Promise<void>
  /** Uploads what was chosen in the page's input. */
  uploadChosen(): Promise<void>
  /** The first snapshot of the only upload that meets the condition. */
  until(condition: (snapshot: UploadSnapshot) => boolean): Promise<UploadSnapshot>
  /** What the page's Content-Security-Policy has refused. */
  readonly violations: readonly string[]
  /** Resolves when all that the uploader wanted to write to its journal is there. */
  recorded(): Promise<void>
}

const violations: string[] = []
addEventListener('securitypolicyviolation', ({ blockedURI }) => violations.push(blockedURI))

const journal = indexedDbStore({ maxKeptBytes: Number(pageParam('maxKeptBytes')) })
const watched = watchWrites(journal)
const uploader = await createUploader<ChosenFile>({
  transport: fetchTransport({ files: journal.files }),
  store: watched.store,
  config: JSON.parse(pageParam('config')),
})

globalThis.app = {
  uploader,
  async uploadBlob(bytes) {
    const pieces = [...contentOf<Blob>(bytes, (noise) => new Blob([noise]))]
    await uploader.uploadFile(new File(pieces, 'film.mov', { type: 'video/quicktime' }))
  },
  async uploadHandle(bytes) {
    const root = await navigator.storage.getDirectory()
    const handle = await root.getFileHandle('film.mov', { create: true })
    const writable = await handle.createWritable()
    await writable.write(new Blob([...contentOf<Blob>(bytes, (noise) => new Blob([noise]))]))
    await writable.close()
    await uploader.uploadFile(handle)
  },
  async uploadChosen() {
    const file = document.querySelector('input')?.files?.[0]
    if (file === undefined) throw new Error('No file was chosen')
    await uploader.uploadFile(file)
  },
  until(condition) {
    return new Promise((resolve) => {
      const look = (): void => {
        const snapshot = uploader.uploads()[0]?.getSnapshot()
        if (snapshot === undefined || !condition(snapshot)) return
        unsubscribe()
        resolve(snapshot)
      }
      const unsubscribe = uploader.subscribe(look)
      look()
    })
  },
  violations,
  recorded: watched.quiet,
}

/** The same store, and a way to learn that nothing is written any more. */
function watchWrites(store: Store): { readonly store: Store; quiet(): Promise<void> } {
  let writing = 0
  return {
    store: {
      read: () => store.read(),
      async write(batch) {
        writing++
        await store.write(batch).finally(() => writing--)
      },
      close: () => store.close(),
    },
    async quiet() {
      // The next batch begins within the turn in which the one before it ends.
      do await new Promise((resolve) => setTimeout(resolve))
      while (writing > 0)
    },
  }
}
