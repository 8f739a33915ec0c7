import type { Exchange } from './exchange.ts'
import type { Fault } from './fault.ts'

/** Holds requests until it is opened. */
export interface Gate extends Fault {
  /** The first request that came to it. Rejects when the mock backend is reset before. */
  readonly reached: Promise<Exchange>
  /** Requests that stand before it now. */
  readonly waiting: number
  /** Opens it for those that wait and for all that come. */
  release(): void
}

/** The inner side of a gate. */
export class GateState {
  readonly reached: Promise<Exchange>
  readonly #opened: Promise<void>
  #open: () => void = () => {}
  #reach: (exchange: Exchange) => void = () => {}
  #fail: (error: Error) => void = () => {}
  waiting = 0

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    this.reached = new Promise((resolve, reject) => {
      this.#reach = resolve
      this.#fail = reject
    })
    // Not every test waits for it.
    this.reached.catch(() => {})
  }

  /** Resolves when the gate is open, or when `unlessOver` resolves first. */
  async pass(exchange: Exchange, unlessOver: Promise<unknown>): Promise<void> {
    this.waiting += 1
    this.#reach(exchange)
    await Promise.race([this.#opened, unlessOver])
    this.waiting -= 1
  }

  release(): void {
    this.#open()
  }

  close(): void {
    this.#fail(new Error('The mock backend was reset before any request came to the gate.'))
    this.#open()
  }
}
