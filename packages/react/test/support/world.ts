import {
  createUploader,
  type Fetch,
  type ForegroundSource,
  type Transport,
  type Uploader,
  type UploaderOptions,
} from '@s3-bg-uploader/core'
import { TestClock } from './test-clock.ts'

/** A file is its name; all are of this size. */
export type TestFile = string
const FILE_SIZE = 100
const PART_SIZE = 25

const config = {
  startUploadApi: 'https://api.test/start',
  getUploadUrlsApi: 'https://api.test/urls',
  completeApi: 'https://api.test/complete',
}

/** A backend and a storage in memory, around real uploaders; parts arrive when the test says so. */
export class World {
  readonly clock: TestClock = new TestClock()
  readonly #arrivals: (() => void)[] = []
  #seed = 1

  /** A real uploader on this world. */
  uploader(): Promise<Uploader<TestFile>> {
    return createUploader(this.options())
  }

  options(): UploaderOptions<TestFile> {
    return {
      transport: this.#transport,
      config,
      concurrency: 1,
      onProblem: (problem) => {
        throw problem
      },
      platform: {
        clock: this.clock,
        random: { draw: () => this.#draw() },
        network: { isOnline: () => true, subscribe: () => () => {} },
        hasher: {
          create: async () => ({ update: () => {}, digest: () => '0123456789abcdef' }),
        },
        fetch: this.#fetch,
      },
    }
  }

  /** Ids are drawn: two uploads must not have the same. */
  #draw(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed / 2 ** 32
  }

  /** Lets time pass. Snapshots are told of every 50 ms. */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Lets the part arrive that is on its way, and its uploader tell of it. */
  async partArrives(): Promise<void> {
    const arrive = this.#arrivals.shift()
    if (arrive === undefined) throw new Error('No part is on its way')
    arrive()
    await this.advance(50)
  }

  readonly #transport: Transport<TestFile> = {
    capabilities: { progress: true, reopen: false, nativeHash: false, background: false },
    open: async (name) => this.#source(name),
  }

  #source(name: string): ForegroundSource {
    return {
      name,
      size: FILE_SIZE,
      lastModified: 1_700_000_000_000,
      ref: undefined,
      read: async ({ start, end }) => new Uint8Array(end - start),
      put: ({ range, signal }) =>
        new Promise((resolve, reject) => {
          const response = { status: 200, headers: { etag: `"etag-${range.start}"` } }
          const arrive = (): void => resolve(response)
          this.#arrivals.push(arrive)
          signal.addEventListener('abort', () => {
            this.#arrivals.splice(this.#arrivals.indexOf(arrive), 1)
            reject(new Error('Aborted'))
          })
        }),
      close: async () => {},
    }
  }

  readonly #fetch: Fetch = async (url, { body }) => {
    const { parts = [], fileName } = JSON.parse(body)
    const urls = Object.fromEntries(parts.map((part: number) => [part, `https://s3.test/${part}`]))
    const answers: Readonly<Record<string, object>> = {
      start: { key: `in/${fileName}`, uploadId: 'multipart', partSize: PART_SIZE },
      urls: { urls },
      complete: {},
    }
    const [, , , call = ''] = url.split('/')
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      text: async () => JSON.stringify(answers[call]),
    }
  }
}
