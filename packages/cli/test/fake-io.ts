import { Writable } from 'node:stream'
import type { Io, StopSignal } from '../src/io.ts'

/** Collects what is written. */
export class FakeOutput extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns = 100
  readonly rows = 30

  constructor({ isTTY = false } = {}) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string | Buffer, _encoding: string, callback: () => void): void {
    this.text += chunk.toString()
    callback()
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

/** A process in a test: text in memory, time by hand, signals on demand. */
export class FakeIo implements Io {
  readonly stdout: FakeOutput
  readonly stderr: FakeOutput = new FakeOutput()
  readonly env: Record<string, string | undefined> = { LANG: 'C.UTF-8', NO_COLOR: '1' }
  readonly exits: number[] = []
  /** Milliseconds. */
  time = 0
  readonly #listeners = new Map<StopSignal, Set<() => void>>()

  constructor(options: { readonly isTTY?: boolean } = {}) {
    this.stdout = new FakeOutput(options)
  }

  readonly signals: Io['signals'] = {
    on: (signal, listener) => {
      const listeners = this.#listeners.get(signal) ?? new Set()
      this.#listeners.set(signal, listeners.add(listener))
      return () => listeners.delete(listener)
    },
  }

  send(signal: StopSignal): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener()
  }

  readonly now = (): number => this.time

  readonly wall = (): number => 1_700_000_000_000 + this.time

  readonly exit = (code: number): void => {
    this.exits.push(code)
  }
}
