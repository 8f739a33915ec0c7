import { type Json, UploadError } from '@s3-bg-uploader/core'
import { BackgroundQueue } from './background-queue.ts'
import type { ClientProcess } from './client-process.ts'
import { ContentHash } from './content-hash.ts'
import { Crowd } from './crowd.ts'
import { SimForegroundSource } from './foreground-source.ts'
import { KeptFiles } from './kept-files.ts'
import { never } from './party.ts'
import { Referee } from './referee.ts'
import type { SimFileName, SimPorts, SimTransport } from './sabotage.ts'
import { SimBackend } from './sim-backend.ts'
import { simFetch } from './sim-fetch.ts'
import { type FileRef, OpenFile, SimFile } from './sim-files.ts'
import { SimNetwork } from './sim-network.ts'
import { SimStorage } from './sim-storage.ts'
import { SimStore } from './sim-store.ts'
import { newTrace, underWay } from './trace.ts'
import type { World } from './world.ts'

type AsSource<T> = (file: SimFile, kept: number | undefined) => T

/** Everything that outlives a process: the device with its files, journal and queue, and the net. */
export class Device {
  readonly world: World
  readonly network: SimNetwork
  readonly crowd: Crowd
  readonly storage: SimStorage
  readonly backend: SimBackend
  readonly referee: Referee
  readonly store: SimStore
  readonly files: Map<string, SimFile> = new Map()
  readonly queue: BackgroundQueue | undefined
  readonly kept: KeptFiles | undefined
  #tokens = 0

  constructor(world: World) {
    this.world = world
    this.network = new SimNetwork(world)
    this.crowd = new Crowd(world)
    this.storage = new SimStorage(world)
    this.backend = new SimBackend(world, this.storage)
    this.store = new SimStore(world)
    this.referee = new Referee(world, this)
    this.store.onWrite = (client, batch) => this.referee.written(client, batch)
    this.store.onDurable = (batch) => this.referee.ledger.note(batch)
    for (const plan of world.plan.files) {
      const trace = newTrace(plan.name)
      this.referee.traces.set(plan.name, trace)
      this.files.set(plan.name, new SimFile(plan, trace, world))
    }
    this.kept = world.has('kept-files') ? new KeptFiles(world, this.referee.ledger) : undefined
    this.queue = world.has('background') ? new BackgroundQueue(world, this, this.files) : undefined
  }

  /** The ports of one process. */
  portsFor(client: ClientProcess): SimPorts {
    const { world } = this
    return {
      transport: this.#transportFor(client),
      store: this.store.portFor(client),
      platform: {
        clock: client.clock,
        random: world.random,
        network: this.network.portFor(client),
        hasher: { create: async () => new ContentHash() },
        fetch: simFetch(world, client, this),
      },
    }
  }

  /** The headers of the control calls: a fresh token every time. */
  headers = (): { readonly authorization: string } => {
    this.#tokens += 1
    return { authorization: `Bearer T0KEN-of-the-session-${this.#tokens}` }
  }

  #transportFor(client: ClientProcess): SimTransport {
    const { queue, world } = this
    const capabilities = {
      progress: !world.has('no-progress'),
      reopen: true,
      nativeHash: true,
    } as const
    if (queue !== undefined) {
      const asSource = (file: SimFile, kept: number | undefined): OpenFile =>
        new OpenFile(file, client, kept)
      return {
        capabilities: { ...capabilities, background: true },
        open: (name) => this.#open(client, name, asSource),
        reopen: (ref) => this.#reopen(client, ref, asSource),
        queue: queue.portFor(client),
        ...this.kept?.portsFor(client),
      }
    }
    const asSource = (file: SimFile, kept: number | undefined): SimForegroundSource =>
      new SimForegroundSource(file, client, kept, this)
    const open = (name: SimFileName): Promise<SimForegroundSource> =>
      this.#open(client, name, asSource)
    if (world.has('no-reopen')) {
      return { capabilities: { ...capabilities, reopen: false, background: false }, open }
    }
    return {
      capabilities: { ...capabilities, background: false },
      open,
      reopen: (ref) => this.#reopen(client, ref, asSource),
      ...this.kept?.portsFor(client),
    }
  }

  async #open<T>(client: ClientProcess, { path }: SimFileName, as: AsSource<T>): Promise<T> {
    const file = await this.#find(client, path)
    // It may have died of something else in the meantime.
    if (!client.alive) return never()
    return as(file, this.kept?.keep())
  }

  async #reopen<T>(client: ClientProcess, ref: Json, as: AsSource<T>): Promise<T> {
    const { path, kept } = ref as FileRef
    const file = await this.#find(client, path)
    if (!client.alive) return never()
    this.kept?.check(ref)
    return as(file, kept ?? undefined)
  }

  async #find(client: ClientProcess, path: string): Promise<SimFile> {
    if (!client.enter()) return never()
    const file = this.files.get(path)
    if (file !== undefined) {
      const end = underWay(file.trace, client)
      const ms = this.world.about('file.open', this.world.plan.storeMs)
      if (ms > 0) await new Promise<void>((resolve) => client.clock.setTimer(resolve, ms))
      if (!client.enter()) return never()
      end()
    }
    if (!file?.exists) throw new UploadError('file_not_found', `${path} is not there`)
    return file
  }
}
