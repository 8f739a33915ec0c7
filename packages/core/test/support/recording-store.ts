import type { Store, StoreChange } from '../../src/ports.ts'

/** A store in memory that keeps what was written and fails when it is told to. */
export class RecordingStore implements Store {
  readonly records: Map<string, string> = new Map()
  readonly batches: (readonly StoreChange[])[] = []
  readonly #transcript: string[] | undefined
  readFault: Error | undefined
  writeFault: Error | undefined
  /** Writes wait for it. */
  gate: Promise<void> | undefined
  closed = 0

  constructor(transcript?: string[]) {
    this.#transcript = transcript
  }

  async read(): Promise<readonly (readonly [string, string])[]> {
    if (this.readFault !== undefined) throw this.readFault
    return [...this.records]
  }

  async write(batch: readonly StoreChange[]): Promise<void> {
    if (this.closed > 0) throw new Error('The store is closed')
    await this.gate
    if (this.writeFault !== undefined) throw this.writeFault
    this.batches.push([...batch])
    for (const { key, value } of batch) {
      this.#transcript?.push(value === undefined ? `forget ${short(key)}` : `write ${short(key)}`)
      if (value === undefined) this.records.delete(key)
      else this.records.set(key, value)
    }
  }

  async close(): Promise<void> {
    this.closed += 1
  }

  /** For the next uploader. */
  reopen(): this {
    this.closed = 0
    return this
  }
}

/** Ids are random: `u`, `p/0/7`. */
function short(key: string): string {
  const [kind, , ...rest] = key.split('/')
  return [kind, ...rest].join('/')
}
