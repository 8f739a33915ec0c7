import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  createUploadHandler,
  type UploadHandlerOptions,
  type UploadStorage,
} from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import {
  createUploader,
  type Fetch,
  isUploadError,
  type Platform,
  type Random,
  type Store,
  type Upload,
  type UploadError,
  type Uploader,
  type UploaderConfig,
  type UploadFileOptions,
  type UploadSnapshot,
} from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import { expect, onTestFinished } from 'vitest'
import { FaultyServer } from './faulty-server.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Seconds. */
const FIRST_MTIME = Date.UTC(2025, 0, 1) / 1000

type Principal = { readonly id: string }

export interface StackOptions
  extends Partial<Pick<UploadHandlerOptions<Principal>, 'authorize' | 'keyFor'>> {
  /** Bytes. Default 1000. */
  readonly partSize?: number
  readonly urlTtlSeconds?: number
  /** How far the clock of the server is ahead of that of the client. Default 0. */
  readonly skewMs?: number
  readonly storage?: UploadStorage
}

export interface OpenOptions {
  readonly config?: Partial<UploaderConfig>
  readonly concurrency?: number
  readonly store?: Store
  readonly platform?: Partial<Platform>
  readonly autoStart?: boolean
}

/** Everything on the way from a file to an object, over real HTTP on loopback. */
export class Stack {
  readonly clock: VirtualClock
  readonly server: FaultyServer
  readonly #folder: string
  readonly #objectPath: (key: string) => string
  readonly #heard: string[] = []
  #versions = 0

  constructor(
    clock: VirtualClock,
    server: FaultyServer,
    folder: string,
    objectPath: (key: string) => string,
  ) {
    this.clock = clock
    this.server = server
    this.#folder = folder
    this.#objectPath = objectPath
  }

  /** The three endpoints of the contract, without the optional ones. */
  get config(): UploaderConfig {
    const { origin } = this.server
    return {
      startUploadApi: `${origin}/start`,
      getUploadUrlsApi: `${origin}/urls`,
      completeApi: `${origin}/complete`,
    }
  }

  get listPartsApi(): string {
    return `${this.server.origin}/list-parts`
  }

  get abortApi(): string {
    return `${this.server.origin}/abort`
  }

  /** An uploader that is closed when the test ends. What it reports as a problem fails the test. */
  async open(options: OpenOptions = {}): Promise<Uploader<string | URL>> {
    const { config, platform, ...rest } = options
    const problems: UploadError[] = []
    const uploader = await createUploader({
      transport: this.#listen(nodeTransport()),
      ...rest,
      config: { ...this.config, ...config },
      platform: { clock: this.clock, random, ...platform },
      onProblem: (problem) => problems.push(problem),
    })
    onTestFinished(async () => {
      await uploader.close()
      expect(problems).toEqual([])
    })
    return uploader
  }

  /** Writes a source file. The same path again makes another version of it. */
  async file(content: Uint8Array | number, name = 'file.bin'): Promise<string> {
    const path = join(this.#folder, 'sources', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof content === 'number' ? patternOf(content) : content)
    // File systems keep time in ticks of some milliseconds: two versions could have the same.
    this.#versions += 1
    await utimes(path, FIRST_MTIME + this.#versions, FIRST_MTIME + this.#versions)
    return path
  }

  /** Writes a file of some parts and adds it. */
  async start(
    uploader: Uploader<string | URL>,
    content: Uint8Array | number,
    options: UploadFileOptions = {},
  ): Promise<Upload> {
    return uploader.uploadFile(await this.file(content), options)
  }

  /**
   * Resolves once the upload is completed; time passes whenever it waits for a retry.
   * Rejects as `done` does.
   */
  async finish(upload: Upload): Promise<UploadSnapshot> {
    const look = () => {
      const { waitingFor } = upload.getSnapshot()
      if (waitingFor?.reason !== 'retry' || waitingFor.until === undefined) return
      this.clock.pass(Math.max(0, Math.ceil(waitingFor.until - this.clock.wall())))
    }
    const stop = upload.subscribe(look)
    look()
    return upload.done.finally(stop)
  }

  /** The error with which the upload fails, however long it tries. */
  async failure(upload: Upload): Promise<UploadError> {
    const error: unknown = await this.finish(upload).then(
      () => new Error('It was completed'),
      (reason: unknown) => reason,
    )
    if (!isUploadError(error)) throw error
    expect(upload.getSnapshot()).toMatchObject({ status: 'failed', error })
    expect(error.hint).not.toBe('')
    return error
  }

  /** Checks that the upload is completed and that its object has exactly these bytes. */
  async expectStored(snapshot: UploadSnapshot, content: Uint8Array | number): Promise<void> {
    const bytes = typeof content === 'number' ? patternOf(content) : content
    expect(snapshot).toMatchObject({ status: 'completed', percentage: 100, error: undefined })
    const stored = await readFile(this.#objectPath(snapshot.key ?? ''))
    expect(stored.length).toBe(bytes.length)
    expect(stored.equals(bytes)).toBe(true)
  }

  /** Makes the storage forget all unfinished uploads, as a lifecycle rule does. */
  async forgetUploads(): Promise<void> {
    const uploads = join(this.#folder, 'storage/uploads')
    await rm(uploads, { recursive: true })
    await mkdir(uploads)
  }

  /** Resolves once the client knows what became of so many control calls of a route. */
  async hears(route: string, calls = 1): Promise<void> {
    const count = () => this.#heard.filter((url) => url.includes(`/${route}/`)).length
    while (count() < calls) await new Promise(setImmediate)
    await this.turn()
  }

  #listen(transport: ReturnType<typeof nodeTransport>): ReturnType<typeof nodeTransport> {
    const { fetch } = transport.platform ?? {}
    if (fetch === undefined) throw new Error('The transport has no fetch of its own')
    const listening: Fetch = (url, request) =>
      fetch(url, request).finally(() => this.#heard.push(url))
    return { ...transport, platform: { ...transport.platform, fetch: listening } }
  }

  /** Lets everything that is due right now happen. */
  async turn(): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate)
  }

  /** How many objects there are. */
  async objects(): Promise<number> {
    const entries = await this.#read('objects')
    const stats = await Promise.all(entries.map((name) => stat(this.#objectPath(name))))
    return stats.filter((entry) => entry.isFile()).length
  }

  /** Ids of the unfinished uploads. */
  async unfinished(): Promise<string[]> {
    const names = await this.#read('uploads')
    return names.filter((name) => !/[/\\]/.test(name))
  }

  /** Nothing, where the storage was never asked for anything. */
  #read(name: string): Promise<string[]> {
    return readdir(join(this.#folder, 'storage', name), { recursive: true }).catch(() => [])
  }
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { partSize = 1000, skewMs = 0, urlTtlSeconds, authorize, keyFor } = options
  const folder = await temporaryFolder()
  const clock = new VirtualClock()
  const disk = diskStorage({
    dir: join(folder, 'storage'),
    clock: () => clock.wall() + skewMs,
    ...(urlTtlSeconds === undefined ? {} : { urlTtlSeconds }),
  })
  const handler = createUploadHandler<Principal>({
    storage: options.storage ?? disk,
    authorize: authorize ?? (() => ({ id: 'somebody' })),
    ...(keyFor === undefined ? {} : { keyFor }),
    partSizeFor: () => partSize,
  })
  const server = new FaultyServer(handler, clock, skewMs)
  await server.listen()
  onTestFinished(() => server.close())
  return new Stack(clock, server, folder, (key) => disk.objectPath(key))
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's3-bg-uploader-e2e-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** A file that is gone after the test, where no stack is needed. */
export async function sourceFile(content: Uint8Array, name = 'file.bin'): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

/** Resolves when the upload looks as the test wants it. */
export function reach(
  upload: Upload,
  condition: (snapshot: UploadSnapshot) => boolean,
): Promise<UploadSnapshot> {
  return new Promise((resolve) => {
    const look = () => {
      const snapshot = upload.getSnapshot()
      if (!condition(snapshot)) return false
      resolve(snapshot)
      return true
    }
    if (look()) return
    const stop = upload.subscribe(() => {
      if (look()) stop()
    })
  })
}

/** Bytes that differ from one place to the next, the same for the same length. */
export function patternOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += 1) {
    bytes[at] = Math.imul((at >>> 8) ^ (at + seed), 0x9e3779b1) >>> 24
  }
  return bytes
}

let seed = 1

/** Waits in the middle of what jitter allows; ids come from a seeded generator (mulberry32). */
const random: Random = {
  draw(name) {
    if (name !== 'id') return 0.5
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  },
}
