import type { Upload } from '@s3-bg-uploader/core'
import type { Device } from './device.ts'
import { checkError } from './error-rules.ts'
import type { RunningApp } from './running-app.ts'
import { checkSnapshot } from './snapshot-rules.ts'
import { forgetHistory, type Trace } from './trace.ts'
import type { World } from './world.ts'

/** After so many failures of one upload while faults strike, the user waits for better times. */
const PATIENCE = 30

/** What the user sees of the uploads. Those that failed are tried again. */
export class Screen {
  readonly #world: World
  readonly #device: Device
  readonly #app: RunningApp
  readonly #retrying = new Set<Trace>()

  constructor(world: World, device: Device, app: RunningApp) {
    this.#world = world
    this.#device = device
    this.#app = app
  }

  processEnded(): void {
    this.#retrying.clear()
    for (const trace of this.#device.referee.traces.values()) {
      trace.handle = undefined
      forgetHistory(trace)
    }
  }

  follow(trace: Trace, upload: Upload): void {
    const { client } = this.#app
    trace.id = upload.id
    trace.handle = upload
    forgetHistory(trace)
    upload.subscribe(() => {
      if (client?.ended === false) this.look(trace)
    })
    this.#awaitDone(trace, upload)
  }

  #awaitDone(trace: Trace, upload: Upload): void {
    const { client } = this.#app
    upload.done.then(
      (snapshot) => {
        if (client?.ended !== false) return
        if (snapshot.status !== 'completed') {
          this.#world.violate('snapshot', `${trace.name} is done but ${snapshot.status}`)
        }
      },
      (error: unknown) => {
        if (client?.ended === false) checkError(this.#world, error, `${trace.name} done`)
      },
    )
  }

  /** Looks at everything; called whenever nothing more follows from what happened. */
  lookAtAll(): void {
    for (const trace of this.#device.referee.traces.values()) this.look(trace)
  }

  look(trace: Trace): void {
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

  /** Those also that failed while the user had lost patience. */
  retryAll(): void {
    for (const trace of this.#device.referee.traces.values()) {
      if (trace.failed && trace.over === undefined) this.#retryLater(trace)
    }
  }

  #retryLater(trace: Trace): void {
    const world = this.#world
    const error = trace.handle?.getSnapshot().error
    const { client } = this.#app
    if (client === undefined || this.#retrying.has(trace)) return
    checkError(this.#world, error, trace.name)
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
}
