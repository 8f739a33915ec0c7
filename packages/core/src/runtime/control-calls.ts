import pLimit from 'p-limit'
import type { ControlCall } from '../errors.ts'
import { listEtags } from '../machine/etag-table.ts'
import type { BackendClient } from '../protocol/backend-client.ts'
import type { Answer } from '../protocol/control-call.ts'
import type { EffectOf, Entry, NewEvent, Post } from './entry.ts'

/** Far above what the scheduler admits: a hard cap, should it ever be wrong. */
const CONTROL_CALLS = 256

/** Runs the control calls that the machine asks for. */
export class ControlCalls {
  readonly #backend: BackendClient
  readonly #post: Post
  readonly #draw: (name: string) => number
  readonly #limit = pLimit(CONTROL_CALLS)

  constructor(backend: BackendClient, post: Post, draw: (name: string) => number) {
    this.#backend = backend
    this.#post = post
    this.#draw = draw
  }

  run(entry: Entry, effect: EffectOf<`call${string}`>): Promise<void> {
    const { file, hash, multipart } = entry.state
    const { ticket } = effect
    const name = { key: multipart?.key ?? '', uploadId: multipart?.uploadId ?? '' }
    switch (effect.type) {
      case 'callStart': {
        const request = {
          fileName: file.name,
          fileHash: hash ?? '',
          fileSize: file.size,
          userParams: file.userParams === undefined ? {} : JSON.parse(file.userParams),
        }
        return this.#call(entry, 'start', ticket, {
          send: (controller) => this.#backend.start(request, controller),
          event: (answer) => ({ type: 'started', ticket, ...answer }),
        })
      }
      case 'callUrls':
        return this.#call(entry, 'urls', ticket, {
          send: (controller) => this.#backend.urls({ ...name, parts: effect.parts }, controller),
          event: (urls) => ({ type: 'signed', ticket, urls, draw: this.#draw('sign') }),
        })
      case 'callList':
        return this.#call(entry, 'list', ticket, {
          send: (controller) => this.#backend.list(name, controller),
          event: (parts) => ({ type: 'listed', ticket, parts }),
        })
      case 'callComplete': {
        const parts = multipart === undefined ? [] : listEtags(multipart.confirmed)
        return this.#call(entry, 'complete', ticket, {
          send: (controller) => this.#backend.complete({ ...name, parts }, controller),
          event: () => ({ type: 'completed', ticket }),
        })
      }
      case 'callAbort':
        return this.#call(entry, 'abort', ticket, {
          send: (controller) =>
            this.#backend.abort({ key: effect.key, uploadId: effect.uploadId }, controller),
          event: () => ({ type: 'aborted', ticket }),
        })
    }
  }

  async #call<T>(
    entry: Entry,
    call: ControlCall,
    ticket: number,
    plan: {
      readonly send: (controller: AbortController) => Promise<Answer<T>>
      readonly event: (answer: T) => NewEvent
    },
  ): Promise<void> {
    const { id } = entry.state.file
    const controller = new AbortController()
    entry.calls ??= new Map()
    entry.calls.set(ticket, controller)
    const answer = await this.#limit(() => plan.send(controller))
    entry.calls.delete(ticket)
    if (answer.ok) return this.#post(id, plan.event(answer.value))
    const { failure } = answer
    this.#post(id, { type: 'callFailed', call, ticket, failure, draw: this.#draw('retry') })
  }
}
