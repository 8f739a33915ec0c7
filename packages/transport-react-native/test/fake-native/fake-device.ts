import type { NativeEvents, NativeModule, NativeTaskStatus } from '../../src/index.ts'
import { DeviceFiles } from './device-files.ts'
import { FakeNativeQueue } from './native-queue.ts'
import { NativeRejection } from './native-rejection.ts'
import { xxh64 } from './xxh64.ts'

/** How the results of tasks come to a process. */
export type Delivery = 'once' | 'twice' | 'never'

const PIECE_BYTES = 1024 * 1024

/** One life of the JavaScript side. */
interface Life {
  alive: boolean
}

/**
 * A phone: what of it outlives the process is here, and `launch` gives the native module of a process
 * that begins. One that was killed hears nothing, is answered nothing, and what it calls is not done.
 */
export class FakeDevice {
  readonly files: DeviceFiles
  readonly queue: FakeNativeQueue
  delivery: Delivery = 'once'
  /** It is in a network that is paid by volume. */
  isMetered = false
  constraints = { unmetered: false, notRoaming: false, charging: false }
  constrained = false
  /** Nothing can be recorded. */
  diskIsFull = false
  window = { tasks: 40, bytes: 1_000_000_000 }
  /** What was asked of the native module, in that order. */
  readonly calls: string[] = []
  /** Called before a call takes effect, and once more before its answer is given. */
  onStep: () => void = () => {}
  onFinishWake: () => void = () => {}
  #onCall: ((name: string) => void)[] = []
  #life: Life = { alive: false }
  #onTask = new Signal<NativeTaskStatus>()
  #onConstrained = new Signal<boolean>()

  constructor(files: DeviceFiles = new DeviceFiles()) {
    this.files = files
    this.queue = new FakeNativeQueue(files)
    this.queue.onStatus = (status) => {
      if (this.delivery === 'never') return
      for (let times = this.delivery === 'twice' ? 2 : 1; times > 0; times -= 1) {
        this.#onTask.emit(status)
      }
    }
  }

  /** The process dies, as the system would kill it. The queue goes on. */
  kill(): void {
    this.#life.alive = false
    this.#onTask = new Signal()
    this.#onConstrained = new Signal()
  }

  /** Resolves when that call is made next. */
  async called(name: string): Promise<void> {
    for (;;) {
      const next = await new Promise<string>((resolve) => this.#onCall.push(resolve))
      if (next === name) return
    }
  }

  /** A constraint is broken, or is no longer: the queue holds, and says so. */
  constrain(constrained: boolean): void {
    this.constrained = constrained
    this.queue.hold(constrained)
    this.#onConstrained.emit(constrained)
  }

  /** The native module of a process that begins now; the one before it hears nothing any more. */
  launch(): NativeModule {
    this.#onTask = new Signal()
    this.#onConstrained = new Signal()
    const life: Life = { alive: true }
    this.#life = life
    const call = async <T>(name: string, act: () => T): Promise<T> => {
      await this.#step(life)
      this.calls.push(name)
      const result = act()
      for (const tell of this.#onCall.splice(0)) tell(name)
      await this.#step(life)
      return result
    }
    const onHashed = new Signal<{ id: string; hashedBytes: number }>()
    const hashing = new Set<string>()
    const { files, queue } = this
    return {
      open: (path) => call('open', () => files.look(path)),
      read: (file, start, end) =>
        call('read', () =>
          Buffer.from(files.bytesOf(file).subarray(start, end)).toString('base64'),
        ),
      async hash(id, file) {
        hashing.add(id)
        const bytes = await call('hash', () => files.bytesOf(file))
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          onHashed.emit({ id, hashedBytes: Math.min(bytes.length, at + PIECE_BYTES) })
        }
        if (!hashing.delete(id)) throw new NativeRejection('aborted', 'Hashing was stopped')
        return xxh64(files.bytesOf(file))
      },
      cancelHash: (id) => call('cancelHash', () => void hashing.delete(id)),
      enqueue: (tasks) => call('enqueue', () => queue.add(tasks)),
      list: () => call('list', () => queue.statuses),
      cancel: (ids) => call('cancel', () => queue.forget(ids)),
      acknowledge: (ids) => call('acknowledge', () => queue.acknowledge(ids)),
      window: () => call('window', () => this.window),
      setConstraints: (constraints) =>
        call('setConstraints', () => {
          if (this.diskIsFull) throw new NativeRejection('store_failed', 'The disk is full')
          this.constraints = constraints
          this.constrain(this.isMetered && constraints.unmetered)
        }),
      isConstrained: () => call('isConstrained', () => this.constrained),
      setNotification: () => call('setNotification', () => {}),
      finishWake: () => call('finishWake', () => this.onFinishWake()),
      onTask: this.#onTask.subscribe,
      onHashed: onHashed.subscribe,
      onConstrained: this.#onConstrained.subscribe,
    }
  }

  /** A call crosses to the native side, or its answer back: the process may have died by then. */
  async #step(life: Life): Promise<void> {
    if (life.alive) this.onStep()
    await Promise.resolve()
    if (!life.alive) await new Promise<never>(() => {})
  }
}

/** Events of a native module. */
class Signal<T> {
  readonly #listeners = new Set<(event: T) => void>()

  readonly subscribe: NativeEvents<T> = (listener) => {
    const entry = (event: T): void => listener(event)
    this.#listeners.add(entry)
    return { remove: () => this.#listeners.delete(entry) }
  }

  emit(event: T): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}
