import { UploadError } from '../errors.ts'
import type { FailedWith, UploadState } from '../machine/upload-state.ts'
import { statusOf } from '../machine/view.ts'
import type { Clock } from '../ports.ts'
import type { Engine } from '../runtime/engine.ts'
import { Deferred } from './deferred.ts'
import { Listeners } from './listeners.ts'
import { PartList } from './part-list.ts'
import { takeSnapshot } from './snapshot.ts'
import { SpeedMeter } from './speed-meter.ts'
import { toError } from './to-error.ts'
import type { PartSnapshot, Upload, UploadSnapshot } from './types.ts'

interface KnownError {
  readonly of: FailedWith
  readonly error: UploadError
}

/** What hooks are handed. */
type Bound = Pick<Upload, 'getSnapshot' | 'subscribe' | 'parts'>

/** What all handles share. */
export interface HandleContext {
  readonly engine: Pick<
    Engine<unknown>,
    'post' | 'postAll' | 'stateOf' | 'gate' | 'slots' | 'closed'
  >
  readonly clock: Clock
  readonly forget: (upload: UploadHandle) => void
  /** A listener threw. */
  readonly report: (cause: unknown) => void
}

const NO_PARTS: readonly PartSnapshot[] = []

/** The public face of one upload. Costs little until somebody looks at it. */
export class UploadHandle implements Upload {
  readonly id: string
  readonly transferId: string | undefined
  /** Position in the order of adding. */
  readonly order: number
  /** The state by which the sums count this upload. */
  counted: UploadState | undefined
  readonly #context: HandleContext
  #listeners: Listeners | undefined
  #bound: Bound | undefined
  #snapshot: UploadSnapshot | undefined
  #parts: PartList | undefined
  #done: Deferred<UploadSnapshot> | undefined
  #meter: SpeedMeter | undefined
  #error: KnownError | undefined
  #fileError: KnownError | undefined

  constructor(state: UploadState, context: HandleContext) {
    this.id = state.file.id
    this.transferId = state.file.transferId
    this.order = state.file.order
    this.#context = context
  }

  get done(): Promise<UploadSnapshot> {
    if (this.#done === undefined) {
      this.#done = new Deferred()
      this.settle(this.#context.engine.stateOf(this.id))
      if (this.#context.engine.closed) this.close()
    }
    return this.#done.promise
  }

  get getSnapshot(): Upload['getSnapshot'] {
    return this.#bind().getSnapshot
  }

  get subscribe(): Upload['subscribe'] {
    return this.#bind().subscribe
  }

  get parts(): Upload['parts'] {
    return this.#bind().parts
  }

  pause(): void {
    this.#context.engine.post(this.id, { type: 'pause' })
  }

  resume(): void {
    this.#context.engine.post(this.id, { type: 'resume' })
  }

  cancel(): void {
    this.#context.engine.post(this.id, { type: 'cancel' })
  }

  retry(): void {
    this.#context.engine.post(this.id, { type: 'retry' })
  }

  forget(): void {
    this.#context.forget(this)
  }

  /** The engine is about to drop the upload: what can be asked for must be at hand. */
  settleForGood(): void {
    this.getSnapshot()
    void this.done
  }

  notify(): void {
    this.#listeners?.notify()
  }

  /** Something changed. Once it is completed that is nothing that is shown, only what is durable. */
  outdate(): void {
    if (this.#snapshot?.status !== 'completed') this.#snapshot = undefined
  }

  /** What the upload is now, with its speed measured. */
  measure(): UploadState {
    const state = this.#context.engine.stateOf(this.id)
    const status = statusOf(state)
    if (status === 'uploading' || status === 'completing') {
      this.#meter ??= new SpeedMeter()
      this.#meter.note(this.#context.clock.now(), state.sentBytes)
    } else this.#meter = undefined
    return state
  }

  /** The speed falls while nothing happens. True as long as there is one. */
  tick(): boolean {
    if (this.#meter === undefined) return false
    this.#snapshot = undefined
    return this.#meter.rate(this.#context.clock.now()) > 0
  }

  /** The uploader is closed: nobody will settle this any more. */
  close(): void {
    const error = new UploadError('closed', 'The uploader was closed before the upload was done')
    this.#done?.reject(error)
  }

  /** The same functions every time, and bound: hooks are handed them without the upload. */
  #bind(): Bound {
    this.#bound ??= {
      getSnapshot: () => {
        this.#snapshot ??= this.#take()
        return this.#snapshot
      },
      subscribe: (listener) => {
        this.#listeners ??= new Listeners(this.#context.report)
        return this.#listeners.add(listener)
      },
      parts: () => {
        // What is completed may have been forgotten, and the engine knows nothing of it any more.
        if (this.getSnapshot().status === 'completed') return NO_PARTS
        this.#parts ??= new PartList()
        return this.#parts.take(this.#context.engine.stateOf(this.id))
      },
    }
    return this.#bound
  }

  /** Tells `done` how the upload ended, or that it begins anew. */
  settle(state: UploadState): void {
    if (state.outcome === undefined) {
      // After retry() there is something new to wait for.
      if (this.#error !== undefined) this.#done = undefined
      this.#error = undefined
    } else if (state.outcome === 'completed') this.#done?.resolve(this.getSnapshot())
    else this.#done?.reject(this.#errorOf(state) ?? cancelled(state))
  }

  #take(): UploadSnapshot {
    const state = this.measure()
    const now = this.#context.clock.now()
    return takeSnapshot(state, {
      gate: this.#context.engine.gate,
      speed: this.#meter?.rate(now) ?? 0,
      error: this.#errorOf(state),
      fileError: this.#fileErrorOf(state),
      wallOffset: this.#context.clock.wall() - now,
    })
  }

  /** The same object every time, so that people can compare. */
  #errorOf({ failedWith }: UploadState): UploadError | undefined {
    if (failedWith === undefined) return undefined
    if (this.#error?.of !== failedWith) {
      this.#error = { of: failedWith, error: toError(failedWith) }
    }
    return this.#error.error
  }

  #fileErrorOf({ missingFor }: UploadState): UploadError | undefined {
    if (missingFor === undefined) return undefined
    if (this.#fileError?.of !== missingFor) {
      this.#fileError = { of: missingFor, error: toError(missingFor) }
    }
    return this.#fileError.error
  }
}

function cancelled({ file }: UploadState): UploadError {
  return new UploadError('cancelled', `The upload of ${file.name} was cancelled`)
}
