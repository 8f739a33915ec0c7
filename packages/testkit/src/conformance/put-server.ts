/**
 * The HTTP server that the transport suite sends parts to, as a port: everything here survives JSON,
 * so a suite in a browser or on a phone can drive a server elsewhere.
 */

/** How one PUT is dealt with. A header ETag `"etag"` is added to a 2xx unless one is given. */
export type Behaviour =
  | {
      /** Reads the whole body, then answers. */
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** Reads nothing until `release`. */
      readonly gated?: boolean
      /** Sends `100 Continue` first. */
      readonly continues?: boolean
    }
  | {
      /** Answers before it reads the body, and then reads it to its end or resets the connection. */
      readonly kind: 'early'
      readonly status: number
      readonly body?: string
      readonly afterwards: 'drain' | 'reset'
    }
  | {
      /** Never answers. */
      readonly kind: 'stall'
      readonly reading: 'nothing' | 'everything'
    }
  | {
      /** Ends the connection at some point, with a reset or in the usual way. */
      readonly kind: 'break'
      readonly at: 'headers' | 'body' | 'end' | 'answer headers' | 'answer body'
      readonly how: 'reset' | 'close'
      /** Of the answer that breaks off in its body. Default: 200. */
      readonly status?: number
    }
  | {
      /** Reads the whole body and answers with one that does not end: 64 MiB, and then silence. */
      readonly kind: 'endless'
      readonly status: number
    }

/** A request as it came. */
export interface ReceivedPut {
  /** As it came; only PUT is right. */
  readonly method: string
  /** The request target, byte by byte as in the request line. */
  readonly target: string
  /** In the order and the spelling in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Bytes of the body that have been read. */
  readonly bodyBytes: number
  /** Whether the body came to its end. */
  readonly complete: boolean
}

/** How far a request may come: its headers are read, its body is read, its connection is gone. */
export type Stage = 'headers' | 'body' | 'closed'

/** Answers PUTs as it is told and remembers them. */
export interface PutServer {
  /** `http://host:port`, where the lanes are. */
  readonly origin: string
  /** A URL of the same form at which nobody listens. */
  readonly deadOrigin: string
  /**
   * Opens a lane: requests to `{origin}/lane/{id}/…` are dealt with by these behaviours, one each,
   * and the last of them all further ones. Resolves with the id.
   */
  open(behaviours: readonly Behaviour[]): Promise<string>
  /** What came to a lane, in the order of arrival. */
  received(lane: string): Promise<readonly ReceivedPut[]>
  /** What has been read of the body of a request, by its place in the order of arrival. */
  body(lane: string, index: number): Promise<Uint8Array>
  /**
   * Resolves once a request, which need not be there yet, has come that far. To see the connection go,
   * the server drops what it has not read until then.
   */
  until(lane: string, index: number, stage: Stage): Promise<void>
  /** Lets gated behaviours of the lane read on. */
  release(lane: string): Promise<void>
  /** Ends the connections of the lane and forgets what came to it. */
  forget(lane: string): Promise<void>
}
