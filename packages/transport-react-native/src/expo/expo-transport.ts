import type { ForegroundTransport } from '@s3-bg-uploader/core'
import { fileOf, refOf } from './expo-ref.ts'
import { ExpoSource } from './expo-source.ts'
import type { ExpoFileSystem } from './file-system.ts'
import { OpenedFile } from './opened-file.ts'
import { PartFiles } from './part-files.ts'

export type { ExpoFileSystem } from './file-system.ts'

/**
 * A file by its path, `file://` or `content://` URI, or what has one: a `File` of Expo, or an asset
 * of expo-document-picker. The name is what the backend is told; without it the end of the URI is taken.
 */
export type ExpoChosenFile =
  | string
  | { readonly uri: string; readonly name?: string | null | undefined }

/**
 * The transport of Expo apps without native code of their own: all it needs is expo-file-system.
 *
 * It sends while the app runs. On Android that means in the foreground, and for as long as the
 * system leaves the process alone. On iOS the parts under way go on in a background session when the
 * app is suspended; the next ones follow when it runs again, and what the session finished after the
 * process died is not known and is sent again. For uploads that go on without the app there is
 * `reactNativeTransport`.
 *
 * Expo uploads whole files, so every part is copied to the cache first: `concurrency × partSize`
 * bytes of space, freed as parts finish. Files are hashed in JavaScript, 2 MiB at a time; without
 * WebAssembly (Hermes) that is some 30 MB/s, with about 60 ms between two breaths.
 */
export function expoTransport(fileSystem: ExpoFileSystem): ForegroundTransport<ExpoChosenFile> {
  const parts = new PartFiles(fileSystem)
  const open = (uri: string, name: string | undefined): ExpoSource => {
    const opened = new OpenedFile(fileSystem, uri, name)
    return new ExpoSource(opened, refOf(fileSystem, uri, opened.name), parts)
  }
  return {
    capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
    async open(file) {
      const { uri, name } = typeof file === 'string' ? { uri: file } : file
      return open(asUri(uri), name ?? undefined)
    },
    async reopen(ref) {
      const { uri, name } = fileOf(fileSystem, ref)
      return open(uri, name)
    },
  }
}

/** Expo knows URIs only. */
function asUri(file: string): string {
  return file.startsWith('/') ? `file://${file.split('/').map(encodeURIComponent).join('/')}` : file
}
