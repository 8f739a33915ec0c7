import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { newSigning, type Signing } from './signing.ts'

/** What the referee knows of one file's way. */
export interface Trace {
  readonly name: string
  /** The core's id of the upload, once known. */
  id: string | undefined
  handle: Upload | undefined
  /** Requests and file work of this upload that are under way. */
  busy: number
  /** Sources that are open. */
  openSources: number
  paused: boolean
  /** The user paused it, which must be remembered. */
  pausedByUser: boolean
  cancelled: boolean
  failed: boolean
  /** How it ended for good, as far as the simulated user is concerned. */
  over: 'completed' | 'cancelled' | 'given up' | undefined
  /** The last snapshot that was checked. */
  last: UploadSnapshot | undefined
  /** A fall of sentBytes is explained. */
  mayFall: boolean
  /** An answer to complete was lost, or was "not now": it may have been done all the same. */
  uncertain: boolean
  /** PUTs under way, by `uploadId/part`. */
  readonly puts: Set<string>
  /** Failed attempts that the client knows of, by `uploadId/part`. */
  readonly failures: Map<string, number>
  /** Virtual time before which a request must not start, by what it is. */
  readonly notBefore: Map<string, number>
  /** Control calls under way, by what they are. */
  readonly calls: Set<string>
  signing: Signing
  /** Complete calls under way, by uploadId. */
  readonly completes: Set<string>
  /** Upload ids whose complete was answered 2xx. */
  readonly completed: Set<string>
  /** A call that was answered 401: it may be sent once more, whatever happened since. */
  refused: string | undefined
  retries: number
}

export function newTrace(name: string): Trace {
  return {
    name,
    id: undefined,
    handle: undefined,
    busy: 0,
    openSources: 0,
    paused: false,
    pausedByUser: false,
    cancelled: false,
    failed: false,
    over: undefined,
    last: undefined,
    mayFall: false,
    uncertain: false,
    puts: new Set(),
    failures: new Map(),
    notBefore: new Map(),
    calls: new Set(),
    signing: newSigning(),
    completes: new Set(),
    completed: new Set(),
    refused: undefined,
    retries: 0,
  }
}

/** What the app shows of it; current as soon as nothing more follows from what happened. */
export function shown({ handle, last }: Trace): UploadSnapshot | undefined {
  return handle === undefined ? undefined : last
}

/** Something of this upload is under way until the returned function is called. */
export function underWay(trace: Trace, client: ClientProcess): () => void {
  trace.busy += 1
  return () => {
    if (!client.ended) trace.busy -= 1
  }
}

/** The process died, or the user asked to try again: what was forgotten needs not be heeded. */
export function forgetHistory(trace: Trace): void {
  trace.failures.clear()
  trace.notBefore.clear()
  trace.mayFall = true
  trace.failed = false
  trace.pausedByUser = false
}
