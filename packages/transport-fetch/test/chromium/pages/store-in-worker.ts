import { type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import type { StoreAnswer, StoreCall } from './store-calls.ts'

/** A store that lives in a worker of its own. */
export class StoreInWorker implements Store {
  readonly #worker: Worker
  readonly #waiting = new Map<number, (answer: StoreAnswer) => void>()
  #calls = 0

  /** @param name of the database */
  constructor(name: string) {
    this.#worker = new Worker('/store-worker.js', { type: 'module', name })
    this.#worker.onmessage = ({ data }: MessageEvent<StoreAnswer>) => {
      this.#waiting.get(data.id)?.(data)
      this.#waiting.delete(data.id)
    }
  }

  async read(): Promise<readonly (readonly [key: string, value: string])[]> {
    const value = await this.#call({ id: ++this.#calls, method: 'read' })
    return value as [string, string][]
  }

  async write(batch: readonly StoreChange[]): Promise<void> {
    await this.#call({ id: ++this.#calls, method: 'write', batch })
  }

  async close(): Promise<void> {
    await this.#call({ id: ++this.#calls, method: 'close' })
  }

  /** Ends the worker in the middle of whatever it does. */
  kill(): void {
    this.#worker.terminate()
  }

  async #call(call: StoreCall): Promise<unknown> {
    const answer = await new Promise<StoreAnswer>((resolve) => {
      this.#waiting.set(call.id, resolve)
      this.#worker.postMessage(call)
    })
    if ('value' in answer) return answer.value
    if ('unexpected' in answer) throw new Error(answer.unexpected)
    const { code, message, hint, retryable } = answer.error
    throw new UploadError(code, message, { hint, retryable })
  }
}
