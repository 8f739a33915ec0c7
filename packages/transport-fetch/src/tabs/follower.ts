import { fromErrorMessage, fromMessages } from './error-message.ts'
import type { TabMessage } from './messages.ts'
import type { Mirror } from './mirror.ts'
import type { Requests } from './requests.ts'

export interface FollowerOptions<TFile> {
  /** Names this tab. */
  readonly tab: string
  readonly post: (message: TabMessage<TFile>) => void
  readonly mirror: Mirror<TFile>
  readonly requests: Requests<TFile>
  /** A leader was found. */
  readonly onFound: () => void
}

/**
 * Follows the leader in another tab. Words of one that is dead may arrive late, so only who answers
 * a hello of now is believed, and followed until another one turns up.
 */
export class Follower<TFile> {
  readonly #options: FollowerOptions<TFile>
  #hellos = 0
  /** Undefined while what this tab shows may be out of date. */
  #leader: string | undefined
  /** Those of which this tab has heard, and then said hello. */
  readonly #met = new Set<string>()

  constructor(options: FollowerOptions<TFile>) {
    this.#options = options
  }

  /** Asks who leads, and what there is. A leader that is not there yet will say so to all. */
  sayHello(): void {
    this.#leader = undefined
    this.#hellos += 1
    this.#options.post({ type: 'hello', nonce: this.#nonce() })
  }

  hear(message: TabMessage<TFile>): void {
    switch (message.type) {
      case 'leading':
        return this.#meet(message.leader)
      case 'welcome':
        return message.nonce === this.#nonce() ? this.#follow(message) : undefined
      case 'changed':
        if (message.leader !== this.#leader) return this.#meet(message.leader)
        return this.#options.mirror.show(fromMessages(message.view), false)
      case 'answer': {
        // Another one than the leader of now may speak of what is not shown here. It is asked again.
        if (message.tab !== this.#options.tab || message.leader !== this.#leader) return
        const { error, ...result } = message.answer
        const answer = error === undefined ? result : { error: fromErrorMessage(error) }
        return this.#options.requests.answer(message.number, answer)
      }
      case 'hello':
      case 'request':
        return
    }
  }

  #meet(leader: string): void {
    if (this.#met.has(leader)) return
    this.#met.add(leader)
    this.sayHello()
  }

  #follow({ leader, view }: Extract<TabMessage<TFile>, { type: 'welcome' }>): void {
    const { mirror, requests, post, onFound } = this.#options
    this.#leader = leader
    this.#met.add(leader)
    mirror.show(fromMessages(view), true)
    requests.follow((request) => post({ type: 'request', leader, request }))
    onFound()
  }

  #nonce(): string {
    return `${this.#options.tab}-${this.#hellos}`
  }
}
