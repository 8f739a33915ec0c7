import type { ControlCall } from '@s3-bg-uploader/core'

/** What a request asks for: a control call of contract §2, the PUT of a part, or nothing that exists. */
export type Route = ControlCall | 'put' | 'other'

/**
 * What came of a request:
 *
 * - `pending`: not answered yet, perhaps held;
 * - `answered`: with `status`;
 * - `broken`: the connection broke instead of an answer, or during it;
 * - `stalled`: it was not answered and will not be;
 * - `aborted`: the client gave up before there was an answer. Seen with `fetch` in Node; elsewhere MSW
 *   does not tell, and the request takes its course.
 */
export type Outcome = 'pending' | 'answered' | 'broken' | 'stalled' | 'aborted'

/** One request and what came of it. */
export interface Exchange {
  /** 1 for the first request since the last reset, and so on, in the order of arrival. */
  readonly number: number
  /** What it asked for. */
  readonly route: Route
  /** As it came. */
  readonly method: string
  /** Without the query. */
  readonly url: string
  /** With its `?`. Empty for a presigned URL: its query is a secret. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body of a control call; undefined where it is not JSON. */
  readonly json: unknown
  /** Bytes of the body that arrived. */
  readonly bytes: number
  /** MD5 of a part, 32 lower-case hex digits: what its ETag is. Undefined until all of it arrived. */
  readonly md5: string | undefined
  /** Of a PUT. */
  readonly part: number | undefined
  /** The part numbers that a PUT, a urls call or a complete call is about. */
  readonly parts: readonly number[]
  /** As the client named it, or, for a start call, as the backend did. */
  readonly uploadId: string | undefined
  /** The key that it names, where it names one. */
  readonly key: string | undefined
  /** What came of it. */
  readonly outcome: Outcome
  /** What the client saw; undefined where it saw none. */
  readonly status: number | undefined
  /**
   * The status that the real handler gave, whether the client got to see it or not. Undefined where the
   * request never came to it, so that nothing changed in the storage.
   */
  readonly effect: number | undefined
  /** The planned faults that happened to it. */
  readonly faults: readonly string[]
}

/** The same while it is written. */
export type OpenExchange = { -readonly [field in keyof Exchange]: Exchange[field] }
