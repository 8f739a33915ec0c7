import {
  createUploader,
  UploadError,
  type Uploader,
  type UploaderConfig,
} from '@s3-bg-uploader/core'
import { Buttons } from './buttons.ts'
import { ClientProcess } from './client-process.ts'
import type { Device } from './device.ts'
import { checkError } from './error-rules.ts'
import { FilePicker } from './file-picker.ts'
import { JournalDamage } from './journal-damage.ts'
import { lookAround } from './look-around.ts'
import type { RunningApp } from './running-app.ts'
import type { Sabotage, SimFileName } from './sabotage.ts'
import { Screen } from './screen.ts'
import { startSecondProcess } from './second-process.ts'
import { ENDPOINTS } from './sim-fetch.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

const SET_ASIDE: ReadonlySet<string> = new Set(['record_corrupt', 'record_newer'])

/** The person with the device: starts the app, closes it, kills it, and starts it again. */
export class SimUser {
  readonly #world: World
  readonly #device: Device
  readonly #sabotage: Sabotage
  readonly #app: RunningApp = { client: undefined, uploader: undefined }
  readonly #picker: FilePicker
  readonly #damage: JournalDamage
  readonly screen: Screen
  readonly buttons: Buttons
  #lives = 0

  constructor(world: World, device: Device, sabotage: Sabotage) {
    this.#world = world
    this.#device = device
    this.#sabotage = sabotage
    this.screen = new Screen(world, device, this.#app)
    this.buttons = new Buttons(world, device, this.#app)
    this.#picker = new FilePicker(world, device, this.#app, this.screen)
    this.#damage = new JournalDamage(world, device)
  }

  get uploader(): Uploader<SimFileName> | undefined {
    return this.#app.uploader
  }

  get client(): ClientProcess | undefined {
    return this.#app.client
  }

  isAdding(trace: Trace): boolean {
    return this.#picker.isAdding(trace)
  }

  /** Starts the app. */
  start(): void {
    const world = this.#world
    const app = this.#app
    this.#lives += 1
    const client = new ClientProcess(world, `client${this.#lives}`)
    app.client = client
    client.onEnd = () => {
      app.client = undefined
      app.uploader = undefined
      this.#device.referee.processEnded()
      this.#picker.processEnded()
      this.screen.processEnded()
      const downtime = world.random.draw('user.downtime') ** 3 * 600_000
      world.clock.setTimer(() => this.start(), 1 + downtime)
    }
    if (world.strikes('crash')) client.callsToLive = world.random.between('crash.at', 1, 80)
    world.note('user', () => `starts ${client.name}`)
    const ports = this.#sabotage(this.#device.portsFor(client))
    const { plan } = world
    const config = this.#config()
    const asleep = this.#lives > 1 && world.random.chance('user.asleep', 0.1)
    const setAside: string[] = []
    createUploader<SimFileName>({
      ...ports,
      concurrency: plan.concurrency,
      autoStart: !asleep,
      config: plan.lateConfig ? undefined : config,
      onProblem: (error) => {
        if (client.ended) return
        if (SET_ASIDE.has(error.code)) setAside.push(error.message)
        checkError(this.#world, error, 'problem')
      },
    }).then(
      (uploader) => {
        if (client.ended) return
        app.uploader = uploader
        lookAround(world, this.#device, uploader.uploads(), (trace, upload) =>
          this.screen.follow(trace, upload),
        )
        this.#damage.checkReported(setAside)
        if (plan.lateConfig) {
          // Whether there is anything to abort is not known yet.
          if (world.strikes('cancel')) this.buttons.cancelSome()
          const ms = world.random.between('user.configures', 0, 2_000)
          client.clock.setTimer(() => uploader.setConfig(config), ms)
        }
        this.#picker.addAll(client)
        if (asleep) client.clock.setTimer(() => this.buttons.resumeAll(), 500)
      },
      (error: unknown) => {
        if (client.ended) return
        checkError(this.#world, error, 'createUploader')
        this.#checkGivenBack(client, 'could not start')
        client.die()
      },
    )
  }

  #config(): UploaderConfig {
    const { plan } = this.#world
    return {
      startUploadApi: ENDPOINTS.start,
      // With however many slashes: they are put right unless that is switched off.
      getUploadUrlsApi: plan.trailingSlash ? `${ENDPOINTS.urls}//` : ENDPOINTS.urls,
      completeApi: `${ENDPOINTS.complete}/`,
      listPartsApi: plan.canList ? ENDPOINTS.list : undefined,
      abortApi: plan.canAbort ? ENDPOINTS.abort : undefined,
      trailingSlash: plan.trailingSlash,
      etag: plan.verbatimEtags ? 'verbatim' : 'unquoted',
      headers: this.#device.headers,
    }
  }

  crash(): void {
    if (!this.#world.healthy) this.#app.client?.die()
  }

  /** Closes the uploader properly and starts again. */
  reopen(): void {
    const { client, uploader } = this.#app
    if (client === undefined || uploader === undefined || !client.attentive) return
    const world = this.#world
    world.note('user', () => 'closes the uploader')
    world.reach('closed')
    const closing = uploader.close()
    client.closed = true
    const refused = uploader.uploadFile({ path: 'f0' }).then(
      () => world.violate('8 commands', 'a file was added after close'),
      (error: unknown) => {
        if (!(error instanceof UploadError && error.code === 'closed')) {
          world.violate('11 errors', `uploadFile after close: ${String(error)}`)
        }
      },
    )
    if (world.has('second-process')) this.startAgain()
    Promise.all([closing, refused]).then(
      () => this.#closed(client),
      (error: unknown) => world.violate('11 errors', `close: ${String(error)}`),
    )
  }

  /** Another uploader may follow in the same process: the old one must keep quiet there. */
  #closed(client: ClientProcess): void {
    this.#checkGivenBack(client, 'is closed')
    if (this.#world.random.chance('reopen.livesOn', 0.5)) client.end()
    else client.die()
  }

  #checkGivenBack(client: ClientProcess, why: string): void {
    if (this.#device.store.holder !== client) return
    this.#world.violate('9 one at a time', `${client.name} ${why} and keeps the journal`)
  }

  /** Starts the app once more while it runs. */
  startAgain(): void {
    this.#lives += 1
    startSecondProcess(this.#world, this.#device, `client${this.#lives}`, this.#sabotage)
  }

  /** Damages a record while the process is dead. */
  damage(): void {
    if (this.#app.client === undefined) this.#damage.strike()
  }

  /** Faults have stopped: the user gets everything going again. */
  recover(): void {
    this.#app.client?.thaw()
    for (const file of this.#device.files.values()) file.exists = true
    this.#device.network.comeUp()
    const restarts = this.#waitsForFile() && this.#world.random.chance('user.restarts', 0.5)
    this.buttons.resumeAll()
    this.screen.retryAll()
    if (restarts) this.reopen()
  }

  /** A file that was missing is looked for again by resume(), and after a restart. */
  #waitsForFile(): boolean {
    const traces = [...this.#device.referee.traces.values()]
    return traces.some(({ handle }) => handle?.getSnapshot().waitingFor?.reason === 'file')
  }
}
