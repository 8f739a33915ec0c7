import { type Clock, UploadError, type Uploader, type UploaderConfig } from '@s3-bg-uploader/core'
import type { Locks } from '../journal/held-lock.ts'
import { Deferred } from './deferred.ts'
import { Election } from './election.ts'
import { toErrorMessage, toMessages, unexpected } from './error-message.ts'
import { Follower } from './follower.ts'
import { Leader } from './leader.ts'
import type { Request, TabMessage } from './messages.ts'
import { Mirror } from './mirror.ts'
import type { PageLifecycle } from './page-lifecycle.ts'
import { Requests } from './requests.ts'

/** A BroadcastChannel, as far as it is used here. */
export interface TabChannel {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  postMessage(message: unknown): void
  close(): void
}

export interface TabPorts {
  readonly locks: Locks
  readonly channel: TabChannel
  readonly lifecycle: PageLifecycle
  readonly clock: Pick<Clock, 'setTimer'>
  /** Never the same twice, in any tab. */
  readonly newId: () => string
}

export interface TabOptions<TFile> {
  /** Of the lock. */
  readonly name: string
  readonly lead: () => Promise<Uploader<TFile>>
  readonly report: (problem: UploadError) => void
}

/** The time in which this tab leads. */
interface Term<TFile> {
  readonly id: string
  readonly uploader: Uploader<TFile>
  readonly leader: Leader<TFile>
}

/** One of the tabs: all follow, and one of them leads. */
export class SharedTab<TFile> {
  /** Resolves once there is a leader; rejects when it should be this tab, and it cannot. */
  readonly ready: Promise<void>
  readonly mirror: Mirror<TFile>
  readonly requests: Requests<TFile>
  readonly #options: TabOptions<TFile>
  readonly #ports: TabPorts
  readonly #ready = new Deferred<void>()
  readonly #follower: Follower<TFile>
  readonly #election: Election
  readonly #stopListening: () => void
  #isReady = false
  #config: UploaderConfig | undefined
  /** While this tab leads. */
  #term: Term<TFile> | undefined
  /** Some other tab said hello, so there is somebody to tell. */
  #isFollowed = false
  #closing: Promise<void> | undefined

  constructor(options: TabOptions<TFile>, ports: TabPorts) {
    const { channel, lifecycle, locks, clock, newId } = ports
    const tab = newId()
    this.#options = options
    this.#ports = ports
    this.ready = this.#ready.promise
    this.requests = new Requests(tab)
    this.mirror = new Mirror({
      requests: this.requests,
      leads: () => this.#term !== undefined,
      report: options.report,
    })
    this.#follower = new Follower({
      tab,
      post: (message) => this.#post(message),
      mirror: this.mirror,
      requests: this.requests,
      onFound: () => this.#found(),
    })
    channel.addEventListener('message', ({ data }) => this.#hear(data as TabMessage<TFile>))
    // What was said while the page stood still was not heard.
    this.#stopListening = lifecycle.subscribe((frozen) => {
      if (!frozen) this.#follower.sayHello()
    })
    this.#follower.sayHello()
    this.#election = new Election({
      locks,
      name: options.name,
      lifecycle,
      clock,
      lead: (signal) => this.#lead(signal),
      onFailure: (error) => this.#failed(error),
    })
  }

  /** Counts while this tab leads. @throws UploadError `config_invalid`, if it does. */
  setConfig(config: UploaderConfig): void {
    this.#term?.uploader.setConfig(config)
    this.#config = config
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #found(): void {
    this.#isReady = true
    this.#ready.resolve()
  }

  async #lead(signal: AbortSignal): Promise<() => Promise<void>> {
    const uploader = await this.#options.lead()
    if (signal.aborted) return () => uploader.close()
    this.#configure(uploader)
    const id = this.#ports.newId()
    const leader = new Leader(uploader, (view) => {
      this.mirror.show(view, false)
      if (this.#isFollowed) this.#post({ type: 'changed', leader: id, view: toMessages(view) })
    })
    this.#term = { id, uploader, leader }
    this.mirror.show(leader.look(), true)
    this.requests.follow((request) => this.#answerOwn(leader, request))
    this.#post({ type: 'leading', leader: id })
    this.#found()
    return async () => {
      leader.end()
      this.#term = undefined
      this.requests.wait()
      await uploader.close()
    }
  }

  #configure(uploader: Uploader<TFile>): void {
    if (this.#config === undefined) return
    try {
      uploader.setConfig(this.#config)
    } catch (error) {
      // It could not be checked when it was set. The uploader keeps the one that it was made with.
      this.#options.report(unexpected(error))
    }
  }

  /** A tab asks itself as others ask it: what they could not be handed is found out at once. */
  #answerOwn(leader: Leader<TFile>, request: Request<TFile>): void {
    const { number, command } = request
    const answering = leader.answer({ ...request, command: structuredClone(command) })
    void answering.then((answer) => this.requests.answer(number, answer))
  }

  #failed(error: unknown): void {
    const problem = unexpected(error)
    if (this.#isReady) return this.#options.report(problem)
    this.#ready.reject(problem)
    void this.close()
  }

  #hear(message: TabMessage<TFile>): void {
    if (this.#term === undefined) this.#follower.hear(message)
    else {
      this.#hearAsLeader(message, this.#term).catch((error: unknown) => {
        this.#options.report(unexpected(error))
      })
    }
  }

  async #hearAsLeader(message: TabMessage<TFile>, { id, leader }: Term<TFile>): Promise<void> {
    if (message.type === 'hello') {
      this.#isFollowed = true
      const view = toMessages(leader.look())
      this.#post({ type: 'welcome', leader: id, nonce: message.nonce, view })
    }
    if (message.type === 'request' && message.leader === id) {
      const { tab, number } = message.request
      const { error, ...result } = await leader.answer(message.request)
      const answer = error === undefined ? result : { error: toErrorMessage(error) }
      this.#post({ type: 'answer', leader: id, tab, number, answer })
    }
  }

  #post(message: TabMessage<TFile>): void {
    // After close nobody listens, and the channel would throw.
    if (this.#closing === undefined) this.#ports.channel.postMessage(message)
  }

  async #close(): Promise<void> {
    const { channel } = this.#ports
    const error = new UploadError('closed', 'The uploader is closed')
    this.#stopListening()
    this.#term?.leader.end()
    this.requests.close(error)
    this.mirror.close(error)
    await this.#election.leave()
    channel.close()
  }
}
