import { createUploader, type Upload, UploadError, type Uploader } from '@s3-bg-uploader/core'
import { ClientProcess } from './client-process.ts'
import type { Device } from './device.ts'
import type { Sabotage, SimFileName } from './sabotage.ts'
import { startSecondProcess } from './second-process.ts'
import { ENDPOINTS } from './sim-fetch.ts'
import type { SimFile } from './sim-files.ts'
import { checkSnapshot } from './snapshot-rules.ts'
import { forgetHistory, type Trace } from './trace.ts'
import type { World } from './world.ts'

/** After so many failures of one upload while faults strike, the user waits for better times. */
const PATIENCE = 30

const SET_ASIDE: ReadonlySet<string> = new Set(['record_corrupt', 'record_newer'])

/** The person with the device: adds files, presses every button, kills the app and starts it. */
export class SimUser {
  readonly #world: World
  readonly #device: Device
  readonly #sabotage: Sabotage
  #client: ClientProcess | undefined
  #uploader: Uploader<SimFileName> | undefined
  #lives = 0
  /** Uploads whose record was damaged: they must be reported, not go on. */
  #damaged = new Set<string>()
  #reportedCorrupt = new Set<string>()
  readonly #adding = new Set<Trace>()
  readonly #retrying = new Set<Trace>()

  constructor(world: World, device: Device, sabotage: Sabotage) {
    this.#world = world
    this.#device = device
    this.#sabotage = sabotage
  }

  get uploader(): Uploader<SimFileName> | undefined {
    return this.#uploader
  }

  get client(): ClientProcess | undefined {
    return this.#client
  }

  /** Whether a call of uploadFile with its file is under way. */
  isAdding(trace: Trace): boolean {
    return this.#adding.has(trace)
  }

  /** Starts the app. */
  start(): void {
    const world = this.#world
    this.#lives += 1
    const client = new ClientProcess(world, `client${this.#lives}`)
    this.#client = client
    this.#reportedCorrupt = new Set()
    client.onEnd = () => {
      this.#client = undefined
      this.#uploader = undefined
      this.#device.referee.processEnded()
      this.#adding.clear()
      this.#retrying.clear()
      for (const trace of this.#device.referee.traces.values()) {
        trace.handle = undefined
        forgetHistory(trace)
      }
      const downtime = world.random.draw('user.downtime') ** 3 * 600_000
      world.clock.setTimer(() => this.start(), 1 + downtime)
    }
    if (world.strikes('crash')) client.callsToLive = world.random.between('crash.at', 1, 80)
    world.note('user', () => `starts ${client.name}`)
    const ports = this.#sabotage(this.#device.portsFor(client))
    const { plan } = world
    const config = {
      startUploadApi: ENDPOINTS.start,
      getUploadUrlsApi: `${ENDPOINTS.urls}//`,
      completeApi: `${ENDPOINTS.complete}/`,
      listPartsApi: plan.canList ? ENDPOINTS.list : undefined,
      abortApi: plan.canAbort ? ENDPOINTS.abort : undefined,
      trailingSlash: plan.trailingSlash,
      etag: plan.verbatimEtags ? 'verbatim' : 'unquoted',
      headers: this.#device.headers,
    } as const
    const configured = plan.trailingSlash ? config : { ...config, getUploadUrlsApi: ENDPOINTS.urls }
    const asleep = this.#lives > 1 && world.random.chance('user.asleep', 0.1)
    createUploader<SimFileName>({
      ...ports,
      concurrency: plan.concurrency,
      autoStart: !asleep,
      config: plan.lateConfig ? undefined : configured,
      onProblem: (error) => {
        if (client.ended) return
        if (SET_ASIDE.has(error.code)) this.#reportedCorrupt.add(error.message)
        this.#device.referee.checkError(error, 'problem')
      },
    }).then(
      (uploader) => {
        if (client.ended) return
        this.#uploader = uploader
        this.#lookAround(uploader)
        if (plan.lateConfig) {
          // Whether there is anything to abort is not known yet.
          if (world.strikes('cancel')) this.cancelSome()
          const ms = world.random.between('user.configures', 0, 2_000)
          client.clock.setTimer(() => uploader.setConfig(configured), ms)
        }
        for (const file of this.#device.files.values()) this.#addLater(client, file)
        if (asleep) client.clock.setTimer(() => this.resumeAll(), 500)
      },
      (error: unknown) => {
        if (client.ended) return
        this.#device.referee.checkError(error, 'createUploader')
        this.#checkGivenBack(client, 'could not start')
        client.die()
      },
    )
  }

  /** What the app shows after a start must fit what the journal held. */
  #lookAround(uploader: Uploader<SimFileName>): void {
    const world = this.#world
    const { referee, store } = this.#device
    for (const trace of referee.traces.values()) trace.last = undefined
    for (const upload of uploader.uploads()) {
      const snapshot = upload.getSnapshot()
      const trace = referee.traces.get(snapshot.name)
      if (trace === undefined) {
        world.violate('10 corrupt', `${snapshot.name} was never added`)
        continue
      }
      if (trace.over === 'cancelled' && trace.id === upload.id && snapshot.status !== 'cancelled') {
        // The crash came before the cancel was durable: to the user it is back.
        trace.over = undefined
      }
      if (snapshot.status === 'cancelled') continue
      if (trace.cancelled && referee.ledger.uploads.get(upload.id)?.outcome === 'cancelled') {
        world.violate('8 commands', `${trace.name} was cancelled and is back`)
      }
      this.#follow(trace, upload)
      const recorded = referee.ledger.uploads.get(upload.id)
      if (recorded?.paused && recorded.outcome === undefined && snapshot.status !== 'paused') {
        world.violate('8 commands', `${trace.name} was paused and goes on after the restart`)
      }
      trace.paused = snapshot.status === 'paused'
      trace.cancelled = false
      if (trace.over === 'completed' && snapshot.status !== 'completed') trace.over = undefined
    }
    for (const id of this.#damaged) {
      const key = `u/${id}`
      const isReported = [...this.#reportedCorrupt].some((message) => message.includes(key))
      if (store.durable.has(key) && !isReported) {
        world.violate('10 corrupt', `the damaged record ${key} is not reported`)
      }
    }
    for (const trace of referee.traces.values()) {
      if (trace.handle === undefined && trace.over !== 'cancelled') {
        if (trace.id !== undefined && referee.ledger.uploads.has(trace.id)) {
          world.violate('10 corrupt', `${trace.name} is in the journal but not in the app`)
        }
        trace.over = undefined
      }
    }
  }

  #follow(trace: Trace, upload: Upload): void {
    const { client } = this
    trace.id = upload.id
    trace.handle = upload
    forgetHistory(trace)
    upload.subscribe(() => {
      if (client?.ended === false) this.#look(trace)
    })
    this.#awaitDone(trace, upload)
  }

  #awaitDone(trace: Trace, upload: Upload): void {
    const { client } = this
    const { referee } = this.#device
    upload.done.then(
      (snapshot) => {
        if (client?.ended !== false) return
        if (snapshot.status !== 'completed') {
          this.#world.violate('snapshot', `${trace.name} is done but ${snapshot.status}`)
        }
      },
      (error: unknown) => {
        if (client?.ended === false) referee.checkError(error, `${trace.name} done`)
      },
    )
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
    const world = this.#world
    const { trace, plan } = file
    const uploader = this.#uploader
    if (uploader === undefined || client.closed || client !== this.#client) return
    world.note('user', () => `adds ${plan.name} (${file.content.length} bytes)`)
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
        this.#follow(trace, upload)
        this.#look(trace)
      },
      (error: unknown) => {
        if (client.ended) return
        this.#device.referee.checkError(error, `adding ${plan.name}`)
        client.clock.setTimer(() => this.#add(client, file), 1_000)
      },
    )
  }

  /** Looks at one upload, as a screen would. */
  #look(trace: Trace): void {
    const snapshot = trace.handle?.getSnapshot()
    if (snapshot === undefined || snapshot === trace.last) return
    checkSnapshot(this.#world, trace, snapshot)
    const { status } = snapshot
    if (status === 'completed') {
      if (trace.over !== 'completed') this.#checkObject(trace)
      trace.over = 'completed'
    } else if (status === 'failed') {
      trace.failed = true
      // retry() goes on, whether it was paused before it failed or not.
      trace.paused = false
      trace.pausedByUser = false
      this.#retryLater(trace)
    }
  }

  #checkObject(trace: Trace): void {
    const snapshot = trace.last
    const { storage } = this.#device
    if (snapshot?.key === undefined || !storage.objects.has(snapshot.key)) {
      this.#world.violate('1 bytes', `${trace.name} is completed but there is no object`)
    }
    this.#world.reach('completed')
  }

  #retryLater(trace: Trace): void {
    const world = this.#world
    const error = trace.handle?.getSnapshot().error
    const client = this.#client
    if (client === undefined || this.#retrying.has(trace)) return
    this.#device.referee.checkError(error, trace.name)
    world.reach(`failed: ${error?.code}`)
    if (trace.retries > PATIENCE && !world.healthy) return
    if (error?.code === 'complete_uncertain' && trace.uncertain && trace.retries > 2) {
      trace.over = 'given up'
      return
    }
    trace.retries += 1
    this.#retrying.add(trace)
    client.clock.setTimer(
      () => {
        this.#retrying.delete(trace)
        const { handle } = trace
        if (handle === undefined || client.closed || trace.over !== undefined) return
        world.note('user', () => `retries ${trace.name}`)
        forgetHistory(trace)
        this.#device.referee.finished.userRetries(trace.id)
        handle.retry()
        this.#awaitDone(trace, handle)
      },
      world.random.between('user.retries', 100, 10_000),
    )
  }

  /** Looks at everything; called whenever nothing more follows from what happened. */
  lookAtAll(): void {
    for (const trace of this.#device.referee.traces.values()) this.#look(trace)
  }

  pauseSome(): void {
    const world = this.#world
    const uploader = this.#uploader
    if (uploader === undefined || !this.#client?.attentive) return
    const before = this.#paused()
    const scope = world.random.pick('user.pauses', ['one', 'one', 'one', 'transfer', 'all'])
    world.note('user', () => `pauses ${scope}`)
    if (scope === 'all') uploader.pause()
    else if (scope === 'transfer') uploader.transfer('trip').pause()
    else this.#someUpload()?.pause()
    this.#noteStatuses()
    for (const trace of this.#paused()) if (!before.has(trace)) trace.pausedByUser = true
    if (scope === 'all') this.#expectNoneActive()
  }

  resumeAll(): void {
    const uploader = this.#uploader
    if (uploader === undefined || !this.#client?.attentive) return
    this.#world.note('user', () => 'resumes all')
    for (const trace of this.#device.referee.traces.values()) {
      trace.paused = false
      trace.pausedByUser = false
    }
    this.#device.kept?.permit()
    uploader.resume()
    this.#noteStatuses()
  }

  cancelSome(): void {
    const trace = this.#someTrace()
    const { handle } = trace ?? {}
    if (trace === undefined || handle === undefined || !this.#client?.attentive) return
    this.#world.note('user', () => `cancels ${trace.name}`)
    handle.cancel()
    const { status } = handle.getSnapshot()
    if (status === 'cancelled') {
      trace.cancelled = true
      trace.over = 'cancelled'
      this.#world.reach('cancelled')
    } else if (status !== 'completed') {
      this.#world.violate('8 commands', `${trace.name} is ${status} after cancel`)
    }
  }

  #paused(): Set<Trace> {
    const traces = [...this.#device.referee.traces.values()]
    return new Set(traces.filter(({ handle }) => handle?.getSnapshot().status === 'paused'))
  }

  #expectNoneActive(): void {
    for (const upload of this.#uploader?.uploads() ?? []) {
      const { status, name } = upload.getSnapshot()
      if (['paused', 'completed', 'failed', 'cancelled'].includes(status)) continue
      this.#world.violate('8 commands', `${name} is ${status} after pause`)
    }
  }

  /** After a command: who is paused now? */
  #noteStatuses(): void {
    for (const trace of this.#device.referee.traces.values()) {
      const status = trace.handle?.getSnapshot().status
      if (status !== undefined) trace.paused = status === 'paused'
      if (!trace.paused) trace.pausedByUser = false
    }
  }

  #someTrace(): Trace | undefined {
    const traces = [...this.#device.referee.traces.values()].filter(
      ({ handle, over }) => handle !== undefined && over !== 'cancelled',
    )
    return traces.length === 0 ? undefined : this.#world.random.pick('user.picks', traces)
  }

  #someUpload(): Upload | undefined {
    return this.#someTrace()?.handle
  }

  crash(): void {
    if (!this.#world.healthy) this.#client?.die()
  }

  /** Closes the uploader properly and starts again. */
  reopen(): void {
    const client = this.#client
    const uploader = this.#uploader
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
    const world = this.#world
    const { store, referee } = this.#device
    if (this.#client !== undefined || store.durable.size === 0) return
    const key = world.random.pick('damage.key', [...store.durable.keys()])
    const value = store.durable.get(key) ?? ''
    const broken = key.startsWith('u/')
      ? world.random.pick('damage.how', ['', '{', value.slice(0, -9), '[]', '{"v":1}', '{"v":99}'])
      : ''
    store.durable.set(key, broken)
    referee.ledger.lose(key)
    world.note('disk', () => `damages ${key}`)
    world.reach('damaged')
    const [kind, id = ''] = key.split('/')
    if (kind !== 'u') return
    this.#damaged.add(id)
    for (const trace of referee.traces.values()) if (trace.id === id) trace.id = undefined
  }

  /** Faults have stopped: the user gets everything going again. */
  recover(): void {
    this.#client?.thaw()
    for (const file of this.#device.files.values()) file.exists = true
    this.#device.network.comeUp()
    const restarts = this.#waitsForFile() && this.#world.random.chance('user.restarts', 0.5)
    this.resumeAll()
    for (const trace of this.#device.referee.traces.values()) {
      if (trace.failed && trace.over === undefined) this.#retryLater(trace)
    }
    if (restarts) this.reopen()
  }

  /** A file that was missing is looked for again by resume(), and after a restart. */
  #waitsForFile(): boolean {
    const { handles } = this
    return handles.some((handle) => handle.getSnapshot().waitingFor?.reason === 'file')
  }

  get handles(): Upload[] {
    return [...this.#device.referee.traces.values()].flatMap(({ handle }) => handle ?? [])
  }
}
