import type { Capabilities, ErrorCode, Json, Transport } from '@s3-bg-uploader/core'
import type { PutServer } from '../put-server.ts'
import type { Runner } from '../runner.ts'

/** A file of the platform, made for one case. */
export interface TestFile<TFile> {
  /** What `transport.open` takes. */
  readonly file: TFile
  /**
   * Gives the file other content, in place, and another time of modification: also when it gets as
   * many bytes as it has. Needed unless the files are immutable.
   */
  change?(bytes: Uint8Array): Promise<void>
  /** Removes the file. Needed unless the files are immutable. */
  remove?(): Promise<void>
}

/** Something that `open` must refuse. */
export interface RefusedFile<TFile> {
  /** As it reads in a test report: `a folder`. */
  readonly what: string
  /** Makes what `open` is given. */
  readonly make: () => Promise<TFile>
  /** With which code it must be refused. */
  readonly code: Extract<ErrorCode, `file_${string}`>
}

/** What a platform cannot do, however well a transport is written. Every one skips some cases. */
export interface PlatformLimits {
  /** The content behind a TFile never changes, as that of a Blob in memory. */
  readonly immutableFiles?: boolean
  /** Redirects are followed before anybody can see them, as by XMLHttpRequest. */
  readonly followsRedirects?: boolean
  /**
   * Most parts that can be on their way to one origin at once, if that is less than 10. Browsers have
   * six connections, one of which the suite itself needs there.
   */
  readonly connections?: number
  /** Sends a request again, unasked, that a kept-alive connection answers by 408, as Chromium does. */
  readonly resends?: boolean
  /** Reads the file for itself while a part is sent: only afterwards can a transport see a change. */
  readonly readsUnseen?: boolean
}

/** What `transportConformance` takes. */
export interface TransportConformance<TFile> extends Runner {
  /** Makes a transport. The suite closes it. With a background queue: an empty one of its own. */
  readonly create: () => Promise<Transport<TFile>>
  /** Makes a file with these bytes. */
  readonly file: (bytes: Uint8Array, options: { readonly name: string }) => Promise<TestFile<TFile>>
  /** As the transport declares them. */
  readonly capabilities: Capabilities
  /** Where parts are sent to: `nodePutServer()`, or `remotePutServer(...)` where there is no Node. */
  readonly server: () => Promise<PutServer>
  /** What the platform cannot do. Default: nothing is beyond it. */
  readonly limits?: PlatformLimits
  /** Makes a file of `size` zeros that end in `tail`, at no cost: for offsets above 4 GiB. */
  readonly sparseFile?: (size: number, tail: Uint8Array) => Promise<TestFile<TFile>>
  /** What `open` must refuse, such as a folder. */
  readonly refusedFiles?: readonly RefusedFile<TFile>[]
  /** References that `reopen` must refuse, besides those that make no sense to anybody. */
  readonly refusedRefs?: readonly Json[]
  /**
   * The transport keeps what it opens: it has `release` and `retain`. All transports that `create`
   * makes share what they keep, and nothing else is kept there while a case runs.
   */
  readonly keepsFiles?: boolean
  /** How many descriptors, handles or the like are open on a file now. */
  readonly held?: (file: TFile) => Promise<number>
  /**
   * Of a background transport: lets its process die, as the system would kill it, and starts another
   * one that finds the same queue. The suite closes only the last one.
   */
  readonly relaunch?: (transport: Transport<TFile>) => Promise<Transport<TFile>>
}
