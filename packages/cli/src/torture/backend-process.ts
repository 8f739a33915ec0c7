import { Child } from './child.ts'

export interface BackendProcessOptions {
  /** Where objects and unfinished uploads are kept. */
  readonly dir: string
  /** Bytes. */
  readonly partSize: number
  /** How long a part URL is good for. Default: that of the program. */
  readonly urlTtlSeconds?: number | undefined
}

/** `s3-bg-uploader serve` as a process that can be killed and comes back. */
export class BackendProcess {
  kills = 0
  readonly #argv: readonly string[]
  #child: Child | undefined
  #port: number | undefined

  constructor({ dir, partSize, urlTtlSeconds }: BackendProcessOptions) {
    const ttl = urlTtlSeconds === undefined ? [] : ['--url-ttl', `${urlTtlSeconds}`]
    this.#argv = ['serve', '--port', '0', '--dir', dir, '--part-size', `${partSize}`, ...ttl]
  }

  /** Undefined while it is down. */
  get port(): number | undefined {
    return this.#port
  }

  async start(): Promise<void> {
    this.#child = new Child(this.#argv)
    this.#port = Number(await this.#child.printed(/Serving http:\/\/127\.0\.0\.1:(\d+),/))
  }

  async kill(): Promise<void> {
    this.#port = undefined
    this.kills += 1
    await this.#child?.kill()
  }

  async end(): Promise<void> {
    this.#port = undefined
    await this.#child?.kill()
  }
}
