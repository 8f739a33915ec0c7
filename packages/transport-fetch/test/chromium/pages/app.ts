import type { Uploader, UploadSnapshot } from '@s3-bg-uploader/core'
import type { ChosenFile } from '../../../src/index.ts'
import { contentOf } from './content.ts'

declare global {
  /** What the page offers to the test outside. */
  var app: App
}

/** One upload at a time, by whichever uploader. */
export interface App {
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

function film(bytes: number): File {
  const pieces = [...contentOf<Blob>(bytes, (noise) => new Blob([noise]))]
  return new File(pieces, 'film.mov', { type: 'video/quicktime' })
}

export function appOf(uploader: Uploader<ChosenFile>, recorded: () => Promise<void>): App {
  return {
    uploader,
    async uploadBlob(bytes) {
      await uploader.uploadFile(film(bytes))
    },
    async uploadHandle(bytes) {
      const root = await navigator.storage.getDirectory()
      const handle = await root.getFileHandle('film.mov', { create: true })
      const writable = await handle.createWritable()
      await writable.write(film(bytes))
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
    recorded,
  }
}
