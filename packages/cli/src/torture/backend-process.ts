import { Child } from './child.ts'

/** `s3-bg-uploader serve` as a process that can be killed and comes back. */
export class BackendProcess {
  kills = 0
  readonly #dir: string
  readonly #partSize: number
  #child: Child | undefined
  #port: number | undefined

  constructor(dir: string, partSize: number) {
    this.#dir = dir
    this.#partSize = partSize
  }

  /** Undefined while it is down. */
  get port(): number | undefined {
    return this.#port
  }

  async start(): Promise<void> {
    const argv = ['serve', '--port', '0', '--dir', this.#dir, '--part-size', `${this.#partSize}`]
    this.#child = new Child(argv)
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
