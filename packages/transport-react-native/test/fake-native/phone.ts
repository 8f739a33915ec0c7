import {
  createUploader,
  type StoreChange,
  type UploadError,
  type Uploader,
  type UploaderConfig,
} from '@s3-bg-uploader/core'
import { type ReactNativeTransport, reactNativeTransport } from '../../src/index.ts'
import { FakeDevice } from './fake-device.ts'

/** One life of the app on a phone. */
export interface Life {
  readonly uploader: Promise<Uploader<string>>
  readonly transport: ReactNativeTransport
  /** Resolves when the process has died. */
  readonly died: Promise<void>
  /** The app changes between `active` and `background`. */
  enter(state: string): void
}

/** A device with an app on it: the journal is there too, and every life finds what the last one left. */
export class Phone {
  readonly device: FakeDevice = new FakeDevice()
  readonly problems: UploadError[] = []
  readonly #config: UploaderConfig
  readonly #records = new Map<string, string>()
  /** Steps so far of the present life: calls to the native side, the journal and the backend. */
  steps = 0
  /** The process dies at this step. */
  diesAt: number = Number.POSITIVE_INFINITY

  constructor(config: UploaderConfig) {
    this.#config = config
  }

  /** The app is started. A process that was there before is dead. */
  launch(state = 'background'): Life {
    let alive = true
    let enter = (_: string): void => {}
    let die = (): void => {}
    const died = new Promise<void>((resolve) => {
      die = () => {
        alive = false
        this.device.kill()
        resolve()
      }
    })
    this.steps = 0
    const mark = (): void => {
      if (!alive) return
      this.steps += 1
      if (this.steps === this.diesAt) die()
    }
    /** Nothing of a dead process is done, and nothing comes back to it. */
    const step = async (): Promise<void> => {
      mark()
      if (!alive) await new Promise<never>(() => {})
    }
    this.device.onStep = mark
    const appState = {
      currentState: state,
      addEventListener(_: 'change', listener: (state: string) => void) {
        enter = (next) => {
          appState.currentState = next
          listener(next)
        }
        return {
          remove() {
            enter = () => {}
          },
        }
      },
    }
    const transport = reactNativeTransport({ native: this.device.launch(), appState })
    const uploader = createUploader<string>({
      transport,
      config: this.#config,
      onProblem: (problem) => this.problems.push(problem),
      store: {
        read: async () => [...this.#records],
        write: async (batch) => {
          await step()
          this.#keep(batch)
          await step()
        },
        close: async () => {},
      },
      platform: {
        clock: {
          now: () => performance.now(),
          wall: () => Date.now(),
          setTimer(callback, delayMs) {
            const timer = setTimeout(() => alive && callback(), delayMs)
            return () => clearTimeout(timer)
          },
        },
        fetch: async (url, request) => {
          await step()
          const response = await fetch(url, request)
          await step()
          return response
        },
      },
    })
    return { uploader, transport, died, enter: (next) => enter(next) }
  }

  #keep(batch: readonly StoreChange[]): void {
    for (const { key, value } of batch) {
      if (value === undefined) this.#records.delete(key)
      else this.#records.set(key, value)
    }
  }
}
