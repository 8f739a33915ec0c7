import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreChange } from '@s3-bg-uploader/core'
import { onTestFinished } from 'vitest'

const PROGRAM = fileURLToPath(new URL('level-store-program.mjs', import.meta.url))

/** A store in a process of its own, which runs what was built (`npm run build`). */
export class StoreProcess {
  readonly #child: ChildProcess

  constructor(directory: string, options: { readonly uid?: number } = {}) {
    this.#child = fork(PROGRAM, [directory], { execArgv: [], ...options })
    onTestFinished(() => {
      this.#child.kill('SIGKILL')
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  read(): Promise<unknown> {
    return this.#ask({ call: 'read' })
  }

  write(batch: readonly StoreChange[]): Promise<unknown> {
    return this.#ask({ call: 'write', batch })
  }

  close(): Promise<unknown> {
    return this.#ask({ call: 'close' })
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** The `value` that the call resolved with, or what of its error can be sent. */
  async #ask(message: { call: 'read' | 'write' | 'close'; batch?: readonly StoreChange[] }) {
    const answered = once(this.#child, 'message')
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error('The process ended without an answer')
    })
    ended.catch(() => {})
    this.#child.send(message)
    const [answer] = await Promise.race([answered, ended])
    return answer
  }
}
