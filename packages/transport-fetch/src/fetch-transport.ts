import type { ForegroundTransport } from '@s3-bg-uploader/core'
import { browserNetwork } from './browser-network.ts'
import { fetchPart } from './fetch-part.ts'
import { FileSource, type SendPart } from './file-source.ts'
import type { ChosenFile, KeptFiles } from './kept-files.ts'
import { openAndKeep, reopenKept } from './kept-source.ts'
import { openChosenFile } from './opened-file.ts'
import { xhrPart } from './xhr-part.ts'

export interface FetchTransportOptions {
  /** Keeps files over a reload of the page. Without it the user has to choose them again. */
  readonly files?: KeptFiles
}

/**
 * The transport of browsers, their workers, Deno and Bun: files by `File` or `FileSystemFileHandle`,
 * sent by XMLHttpRequest where there is one, which tells progress, and by `fetch` elsewhere.
 */
export function fetchTransport(
  options: FetchTransportOptions = {},
): ForegroundTransport<ChosenFile> {
  const seesProgress = typeof XMLHttpRequest === 'function'
  return composeTransport(options, seesProgress ? xhrPart : fetchPart, seesProgress)
}

/** For tests, which choose how parts are sent. */
export function composeTransport(
  { files }: FetchTransportOptions,
  send: SendPart,
  progress: boolean,
): ForegroundTransport<ChosenFile> {
  const network = browserNetwork(globalThis)
  const capabilities = { progress, reopen: files !== undefined, nativeHash: false } as const
  return {
    capabilities: { ...capabilities, background: false },
    platform: network === undefined ? {} : { network },
    ...(files === undefined
      ? { open: async (file) => new FileSource(await openChosenFile(file), undefined, send) }
      : {
          open: (file) => openAndKeep(files, file, send),
          reopen: (ref) => reopenKept(files, ref, send),
        }),
  }
}
