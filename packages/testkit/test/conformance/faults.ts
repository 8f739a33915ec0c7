import type { PutResponse, Range } from '@s3-bg-uploader/core'

/** What may be wrong with the reference transport: every test of the suites breaks one thing. */
export interface Faults {
  /** The range that is sent instead. */
  readonly range?: (range: Range) => Range
  /** The range that is read instead. */
  readonly readRange?: (range: Range) => Range
  /** The URL that is used instead. */
  readonly url?: (url: string) => string
  /** The headers that are sent instead. */
  readonly headers?: (headers: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  /** The answer that is handed on instead. */
  readonly answer?: (response: PutResponse) => PutResponse
  /** The progress that is told instead. */
  readonly progress?: (sentBytes: number, length: number, start: number) => number
  /** The hash that is told instead. */
  readonly hash?: (digest: string) => string
  /** What is thrown instead. */
  readonly error?: (error: unknown, url: string) => unknown
  /** Things that are not done. */
  readonly ignores?: readonly (
    | 'abort'
    | 'abort before'
    | 'changes'
    | 'changes while sending'
    | 'close'
    | 'end of file'
    | 'bad refs'
  )[]
  /** Things that are done, but should not be. */
  readonly does?: readonly (
    | 'follow redirects'
    | 'read whole answers'
    | 'time out'
    | 'send twice'
    | 'share one buffer'
  )[]
}
