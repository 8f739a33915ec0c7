import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Behaviour, ReceivedPut, Stage } from '../conformance/put-server.ts'
import { behave } from './behave.ts'
import { Exchange } from './exchange.ts'

/** The lanes of one server. */
export class Lanes {
  readonly #lanes = new Map<string, NodeLane>()
  #opened = 0

  open(behaviours: readonly Behaviour[]): string {
    const id = String(++this.#opened)
    this.#lanes.set(id, new NodeLane(behaviours))
    return id
  }

  has(id: string): boolean {
    return this.#lanes.has(id)
  }

  get(id: string): NodeLane {
    const lane = this.#lanes.get(id)
    if (lane === undefined) throw new Error(`There is no lane ${id}`)
    return lane
  }

  forget(id: string): void {
    this.#lanes.get(id)?.end()
    this.#lanes.delete(id)
  }
}

/** What comes to one lane. */
class NodeLane {
  readonly #behaviours: readonly Behaviour[]
  readonly #exchanges: Exchange[] = []
  readonly #arrivals = new Set<() => void>()
  readonly #gate: Promise<void>
  /** Opens the gate, for ever. */
  release!: () => void

  constructor(behaviours: readonly Behaviour[]) {
    this.#behaviours = behaviours
    this.#gate = new Promise((resolve) => {
      this.release = resolve
    })
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(request, response)
    const turn = Math.min(this.#exchanges.length, this.#behaviours.length - 1)
    this.#exchanges.push(exchange)
    for (const tell of this.#arrivals) tell()
    behave(exchange, this.#behaviours[turn] ?? { kind: 'answer', status: 200 }, this.#gate)
  }

  received(): readonly ReceivedPut[] {
    return this.#exchanges.map((exchange) => exchange.received())
  }

  body(index: number): Uint8Array {
    const exchange = this.#exchanges[index]
    if (exchange === undefined) throw new Error(`There is no request ${index}`)
    return exchange.body()
  }

  async until(index: number, stage: Stage): Promise<void> {
    while (this.#exchanges.length <= index) {
      await new Promise<void>((resolve) => this.#arrivals.add(resolve))
    }
    const exchange = this.#exchanges[index]
    if (stage === 'closed') exchange?.drain()
    await exchange?.stages[stage]
  }

  end(): void {
    this.release()
    for (const exchange of this.#exchanges) exchange.end()
  }
}
