import type { ForegroundTransport } from '@s3-bg-uploader/core'
import { browserNetwork } from './browser-network.ts'
import { fetchPart } from './fetch-part.ts'
import { FileSource } from './file-source.ts'
import type { ChosenFile, KeptFiles } from './kept-files.ts'
import { KeptSources } from './kept-sources.ts'
import { openChosenFile } from './opened-file.ts'
import { xhrPart } from './xhr-part.ts'

/** What `fetchTransport` takes. */
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
  const { files } = options
  const seesProgress = typeof XMLHttpRequest === 'function'
  const send = seesProgress ? xhrPart : fetchPart
  const network = browserNetwork(globalThis)
  const base = {
    capabilities: {
      progress: seesProgress,
      reopen: files !== undefined,
      nativeHash: false,
      background: false,
    },
    platform: network === undefined ? {} : { network },
  } as const
  if (files === undefined) {
    return {
      ...base,
      open: async (file) => new FileSource(await openChosenFile(file), undefined, send),
    }
  }
  const kept = new KeptSources(files, send)
  return {
    ...base,
    open: (file) => kept.open(file),
    reopen: (ref) => kept.reopen(ref),
    release: (ref) => kept.release(ref),
    retain: (refs) => kept.retain(refs),
  }
}
