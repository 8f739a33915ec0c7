import type { Behaviour, PutServer, ReceivedPut, Stage } from './put-server.ts'
import type { Scope } from './suite.ts'

/** Stands for the signature of a presigned URL: it may turn up nowhere but in the request. */
export const SECRET = 'c0ffee5ec2e7'

/** A place of its own on the PUT server, for one case. */
export class Lane {
  readonly #server: PutServer
  readonly #id: string

  constructor(server: PutServer, id: string) {
    this.#server = server
    this.#id = id
  }

  static async open(
    scope: Scope,
    server: PutServer,
    behaviours: readonly Behaviour[],
  ): Promise<Lane> {
    const lane = new Lane(server, await server.open(behaviours))
    scope.defer(() => server.forget(lane.#id))
    return lane
  }

  /** A URL that looks presigned. */
  get url(): string {
    return this.at(`part?X-Amz-Expires=3600&X-Amz-Signature=${SECRET}`)
  }

  /** The URL of a path, with or without a query, in this lane. */
  at(path: string): string {
    return this.#server.origin + this.targetOf(path)
  }

  /** What the request line must have for `at(path)`. */
  targetOf(path: string): string {
    return `/lane/${this.#id}/${path}`
  }

  received(): Promise<readonly ReceivedPut[]> {
    return this.#server.received(this.#id)
  }

  /** What has been read of the body of a request. */
  body(index = 0): Promise<Uint8Array> {
    return this.#server.body(this.#id, index)
  }

  until(stage: Stage, index = 0): Promise<void> {
    return this.#server.until(this.#id, index, stage)
  }

  release(): Promise<void> {
    return this.#server.release(this.#id)
  }
}
