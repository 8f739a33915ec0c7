import { UploadError } from '@s3-bg-uploader/core'
import { Deferred } from './deferred.ts'
import type { Answer, Command, Request } from './messages.ts'

interface Pending<TFile> {
  readonly command: Command<TFile>
  readonly answered: Deferred<Answer<never>>
  /** Some leader was asked. */
  asked: boolean
}

/** What this tab asked for: asked of every new leader, in the same order, until it is answered. */
export class Requests<TFile> {
  readonly #tab: string
  readonly #pending = new Map<number, Pending<TFile>>()
  #count = 0
  #leader: ((request: Request<TFile>) => void) | undefined
  #closed: UploadError | undefined

  constructor(tab: string) {
    this.#tab = tab
  }

  /** Resolves with what some leader answers. @throws UploadError its error, `config_invalid`, `closed`. */
  ask(command: Command<TFile>): Promise<Answer<never>> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    const number = ++this.#count
    const pending = { command, answered: new Deferred<Answer<never>>(), asked: false }
    this.#pending.set(number, pending)
    this.#send(number, pending)
    return pending.answered.promise
  }

  /** There is a leader: whatever is not answered is asked again. */
  follow(leader: (request: Request<TFile>) => void): void {
    this.#leader = leader
    for (const [number, pending] of this.#pending) this.#send(number, pending)
  }

  /** There is no leader at the moment. */
  wait(): void {
    this.#leader = undefined
  }

  answer(number: number, { error, ...result }: Answer<UploadError>): void {
    const pending = this.#pending.get(number)
    this.#pending.delete(number)
    if (error === undefined) pending?.answered.resolve(result)
    else pending?.answered.reject(error)
  }

  close(error: UploadError): void {
    this.#closed = error
    this.#leader = undefined
    for (const { answered } of this.#pending.values()) answered.reject(error)
    this.#pending.clear()
  }

  #send(number: number, pending: Pending<TFile>): void {
    if (this.#leader === undefined) return
    const [oldest = number] = this.#pending.keys()
    const { command, asked: again } = pending
    pending.asked = true
    try {
      this.#leader({ tab: this.#tab, number, oldest, again, command })
    } catch (cause) {
      const message = `What was given to ${command.type} cannot be handed to another tab`
      this.answer(number, { error: new UploadError('config_invalid', message, { cause }) })
    }
  }
}
