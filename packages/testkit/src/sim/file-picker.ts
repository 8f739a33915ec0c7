import type { ClientProcess } from './client-process.ts'
import type { Device } from './device.ts'
import { checkError } from './error-rules.ts'
import type { RunningApp } from './running-app.ts'
import type { Screen } from './screen.ts'
import type { SimFile } from './sim-files.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** Adds the files of the plan when their time has come, and again what the app does not show. */
export class FilePicker {
  readonly #world: World
  readonly #device: Device
  readonly #app: RunningApp
  readonly #screen: Screen
  readonly #adding = new Set<Trace>()

  constructor(world: World, device: Device, app: RunningApp, screen: Screen) {
    this.#world = world
    this.#device = device
    this.#app = app
    this.#screen = screen
  }

  processEnded(): void {
    this.#adding.clear()
  }

  /** Whether a call of uploadFile with its file is under way. */
  isAdding(trace: Trace): boolean {
    return this.#adding.has(trace)
  }

  addAll(client: ClientProcess): void {
    for (const file of this.#device.files.values()) this.#addLater(client, file)
  }

  #addLater(client: ClientProcess, file: SimFile): void {
    const { trace, plan } = file
    if (trace.handle !== undefined || trace.over !== undefined) return
    if (this.#adding.has(trace)) return
    this.#adding.add(trace)
    const wait = Math.max(0, plan.addedAt - this.#world.clock.now())
    client.clock.setTimer(() => this.#add(client, file), wait)
  }

  #add(client: ClientProcess, file: SimFile): void {
    const { trace, plan } = file
    const { uploader } = this.#app
    if (uploader === undefined || client.closed || client !== this.#app.client) return
    this.#world.note('user', () => `adds ${plan.name} (${file.content.length} bytes)`)
    trace.cancelled = false
    trace.paused = false
    trace.last = undefined
    const options = {
      transferId: plan.transferId,
      userParams: { albumId: '42', nested: { deep: [1, null] } },
    }
    uploader.uploadFile({ path: plan.name }, options).then(
      (upload) => {
        if (client.ended) return
        this.#adding.delete(trace)
        this.#screen.follow(trace, upload)
        this.#screen.look(trace)
      },
      (error: unknown) => {
        if (client.ended) return
        checkError(this.#world, error, `adding ${plan.name}`)
        client.clock.setTimer(() => this.#add(client, file), 1_000)
      },
    )
  }
}
