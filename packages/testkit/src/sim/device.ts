import { type Json, UploadError } from '@s3-bg-uploader/core'
import { BackgroundQueue } from './background-queue.ts'
import type { ClientProcess } from './client-process.ts'
import { ContentHash } from './content-hash.ts'
import { SimForegroundSource } from './foreground-source.ts'
import { never } from './party.ts'
import { Referee } from './referee.ts'
import type { SimFileName, SimPorts, SimTransport } from './sabotage.ts'
import { SimBackend } from './sim-backend.ts'
import { simFetch } from './sim-fetch.ts'
import { OpenFile, SimFile } from './sim-files.ts'
import { SimNetwork } from './sim-network.ts'
import { SimStorage } from './sim-storage.ts'
import { SimStore } from './sim-store.ts'
import { newTrace, underWay } from './trace.ts'
import type { World } from './world.ts'

/** Everything that outlives a process: the device with its files, journal and queue, and the net. */
export class Device {
  readonly world: World
  readonly network: SimNetwork
  readonly storage: SimStorage
  readonly backend: SimBackend
  readonly referee: Referee
  readonly store: SimStore
  readonly files: Map<string, SimFile> = new Map()
  readonly queue: BackgroundQueue | undefined
  #tokens = 0

  constructor(world: World) {
    this.world = world
    this.network = new SimNetwork(world)
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
      return {
        capabilities: { ...capabilities, background: true },
        open: (name) => this.#open(client, name, (file) => new OpenFile(file, client)),
        reopen: (ref) => this.#open(client, ref, (file) => new OpenFile(file, client)),
        queue: queue.portFor(client),
      }
    }
    const open = (name: SimFileName | Json): Promise<SimForegroundSource> =>
      this.#open(client, name, (file) => new SimForegroundSource(file, client, this))
    if (world.has('no-reopen')) {
      return { capabilities: { ...capabilities, reopen: false, background: false }, open }
    }
    return { capabilities: { ...capabilities, background: false }, open, reopen: open }
  }

  async #open<T>(
    client: ClientProcess,
    name: SimFileName | Json,
    open: (file: SimFile) => T,
  ): Promise<T> {
    if (!client.enter()) return never()
    const { path } = name as SimFileName
    const file = this.files.get(path)
    if (file !== undefined) {
      const end = underWay(file.trace, client)
      const ms = this.world.about('file.open', this.world.plan.storeMs)
      if (ms > 0) await new Promise<void>((resolve) => client.clock.setTimer(resolve, ms))
      if (!client.enter()) return never()
      end()
    }
    if (!file?.exists) throw new UploadError('file_not_found', `${path} is not there`)
    return open(file)
  }
}
