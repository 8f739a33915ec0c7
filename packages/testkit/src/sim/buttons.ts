import type { Upload } from '@s3-bg-uploader/core'
import type { Device } from './device.ts'
import type { RunningApp } from './running-app.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** Pause, resume and cancel, pressed at any time, and what must be so right after. */
export class Buttons {
  readonly #world: World
  readonly #device: Device
  readonly #app: RunningApp

  constructor(world: World, device: Device, app: RunningApp) {
    this.#world = world
    this.#device = device
    this.#app = app
  }

  pauseSome(): void {
    const world = this.#world
    const { uploader, client } = this.#app
    if (uploader === undefined || !client?.attentive) return
    const before = this.#paused()
    const scope = world.random.pick('user.pauses', ['one', 'one', 'one', 'transfer', 'all'])
    world.note('user', () => `pauses ${scope}`)
    if (scope === 'all') uploader.pause()
    else if (scope === 'transfer') uploader.transfer('trip').pause()
    else this.#someTrace()?.handle?.pause()
    this.#noteStatuses()
    for (const trace of this.#paused()) if (!before.has(trace)) trace.pausedByUser = true
    if (scope === 'all') this.#expectNoneActive(uploader.uploads())
  }

  resumeAll(): void {
    const { uploader, client } = this.#app
    if (uploader === undefined || !client?.attentive) return
    this.#world.note('user', () => 'resumes all')
    for (const trace of this.#traces) {
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
    if (trace === undefined || handle === undefined || !this.#app.client?.attentive) return
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

  get #traces(): readonly Trace[] {
    return [...this.#device.referee.traces.values()]
  }

  #paused(): Set<Trace> {
    return new Set(this.#traces.filter(({ handle }) => handle?.getSnapshot().status === 'paused'))
  }

  #expectNoneActive(uploads: readonly Upload[]): void {
    for (const upload of uploads) {
      const { status, name } = upload.getSnapshot()
      if (['paused', 'completed', 'failed', 'cancelled'].includes(status)) continue
      this.#world.violate('8 commands', `${name} is ${status} after pause`)
    }
  }

  /** After a command: who is paused now? */
  #noteStatuses(): void {
    for (const trace of this.#traces) {
      const status = trace.handle?.getSnapshot().status
      if (status !== undefined) trace.paused = status === 'paused'
      if (!trace.paused) trace.pausedByUser = false
    }
  }

  #someTrace(): Trace | undefined {
    const traces = this.#traces.filter(
      ({ handle, over }) => handle !== undefined && over !== 'cancelled',
    )
    return traces.length === 0 ? undefined : this.#world.random.pick('user.picks', traces)
  }
}
