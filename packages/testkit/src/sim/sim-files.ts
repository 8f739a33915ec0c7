import { type Source, UploadError } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { ContentHash } from './content-hash.ts'
import { never } from './party.ts'
import type { FilePlan } from './plan.ts'
import { type Trace, underWay } from './trace.ts'
import type { World } from './world.ts'

/** A file on the device. */
export class SimFile {
  readonly plan: FilePlan
  readonly trace: Trace
  readonly world: World
  content: Uint8Array
  lastModified = 1_700_000_000_000
  exists = true
  readonly #earlier: { readonly content: Uint8Array; readonly until: number }[] = []

  constructor(plan: FilePlan, trace: Trace, world: World) {
    this.plan = plan
    this.trace = trace
    this.world = world
    this.content = randomBytes(world, plan.size)
  }

  /** What it held at this virtual time. */
  contentAt(time: number): Uint8Array {
    return this.#earlier.find(({ until }) => time < until)?.content ?? this.content
  }

  /** Some other program writes it. What the platform tells must give that away. */
  change(): void {
    const { world } = this
    const grows = world.random.between('file.grows', 1, world.plan.partSize)
    const size = this.plan.hasMtime && world.random.chance('file.sameSize', 0.5) ? 0 : grows
    this.#earlier.push({ content: this.content, until: world.clock.now() })
    this.content = randomBytes(world, this.content.length + size)
    this.lastModified += 1_000
    world.note('file', () => `${this.plan.name} changes: ${this.content.length} bytes`)
  }
}

export interface FileRef {
  readonly [name: string]: string | number | null
  readonly path: string
  readonly size: number
  readonly lastModified: number | null
  /** What the device keeps of it, where the transport keeps files. */
  readonly kept: number | null
}

/** A file as it was when it was opened. */
export class OpenFile implements Source {
  readonly name: string
  readonly size: number
  readonly lastModified: number | undefined
  /** Says which file and which content, so that a queue can tell that it changed. */
  readonly ref: FileRef | undefined
  readonly hash?: NonNullable<Source['hash']>
  protected readonly file: SimFile
  protected readonly client: ClientProcess
  #open = true

  constructor(file: SimFile, client: ClientProcess, kept: number | undefined) {
    this.file = file
    this.client = client
    this.name = file.plan.name
    this.size = file.content.length
    this.lastModified = file.plan.hasMtime ? file.lastModified : undefined
    const { name: path, size, lastModified = null } = this
    this.ref = client.world.has('no-reopen')
      ? undefined
      : { path, size, lastModified, kept: kept ?? null }
    if (file.plan.nativeHash) this.hash = (options) => this.#hashNatively(options)
    file.trace.openSources += 1
    client.onDeath.push(() => this.#release())
  }

  async read(range: { start: number; end: number }, into: Uint8Array): Promise<Uint8Array> {
    await this.#work()
    const bytes = this.file.content.subarray(range.start, range.end)
    into.set(bytes)
    return into.subarray(0, bytes.length)
  }

  async close(): Promise<void> {
    if (!this.client.enter()) return never()
    this.#release()
  }

  /** @throws UploadError where the file is not the one that was opened. */
  protected check(): void {
    const { file } = this
    if (!file.exists) throw new UploadError('file_not_found', `${this.name} is gone`)
    const sameTime = this.lastModified === undefined || this.lastModified === file.lastModified
    if (file.content.length !== this.size || !sameTime) {
      throw new UploadError('source_changed', `${this.name} has changed`)
    }
  }

  #release(): void {
    if (this.#open) this.file.trace.openSources -= 1
    this.#open = false
  }

  async #hashNatively({
    onProgress,
  }: {
    readonly onProgress: (hashedBytes: number) => void
  }): Promise<string> {
    await this.#work()
    const hash = new ContentHash()
    hash.update(this.file.content)
    onProgress(this.size)
    return hash.digest()
  }

  /** The disk takes its time. What is read while the file changes is found out. */
  async #work(): Promise<void> {
    const { client, file } = this
    if (!client.enter()) return never()
    const end = underWay(file.trace, client)
    try {
      this.check()
      const ms = client.world.about('file.work', client.world.plan.storeMs)
      if (ms > 0) await new Promise<void>((resolve) => client.clock.setTimer(resolve, ms))
      this.check()
    } finally {
      end()
    }
  }
}

function randomBytes(world: World, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = world.random.between('file.bytes', 1, 2 ** 31)
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}
