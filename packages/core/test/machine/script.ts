import type { Failure } from '../../src/machine/failure.ts'
import { reattach } from '../../src/machine/reattach.ts'
import type { Rules } from '../../src/machine/rules.ts'
import { transition } from '../../src/machine/transition.ts'
import type { UploadEffect } from '../../src/machine/upload-effect.ts'
import type { UploadEvent } from '../../src/machine/upload-event.ts'
import { newUpload, type UploadState } from '../../src/machine/upload-state.ts'
import { type Status, statusOf } from '../../src/machine/view.ts'
import type { Place } from '../../src/machine/window.ts'
import { deepFreeze } from './deep-freeze.ts'

type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never
export type NewEvent = Timeless<UploadEvent>

export const rules: Rules = {
  retry: { attempts: 3, baseMs: 1000, capMs: 8000 },
  stallMs: 60_000,
  restarts: 1,
  slots: 2,
  slotsNow: 2,
  queueTasks: undefined,
  reattach,
  canList: false,
  canAbort: false,
  seesProgress: true,
  keepsFiles: false,
}

export const broken: Failure = { kind: 'exchange', message: 'the connection broke' }
export const noEtag: Failure = {
  kind: 'unusable',
  code: 'etag_missing',
  status: 200,
  message: 'no ETag',
}
export const lost: Failure = {
  kind: 'status',
  status: 404,
  message: 'status 404',
  reason: 'NoSuchUpload',
}
export function answered(status: number, retryAfterMs?: number): Failure {
  return { kind: 'status', status, message: `status ${status}`, retryAfterMs }
}

export function fileOf(size: number): UploadState['file'] {
  return {
    id: 'u',
    order: 0,
    name: 'clip.mp4',
    size,
    lastModified: 5,
    transferId: undefined,
    userParams: undefined,
    ref: '"ref"',
    createdAt: 0,
  }
}

/** Plays events to one upload and remembers what came of them, as a transcript. */
export class Script {
  state: UploadState
  now = 0
  /** The effects of the last event, in words. */
  effects: string[] = []
  /** The same as they are. */
  raw: readonly UploadEffect[] = []
  rules: Rules
  /** The parts of the last urls call. */
  #asked: readonly number[] = []
  #lastTicket: number

  constructor(given: Partial<Rules> = {}, start: UploadState = newUpload(fileOf(25))) {
    this.rules = { ...rules, ...given }
    this.state = deepFreeze(start)
    this.#lastTicket = start.ticket
  }

  get status(): Status {
    return statusOf(this.state)
  }

  /** The effects of the event, in words. */
  send(event: NewEvent): string[] {
    const next = transition(
      this.state,
      deepFreeze({ ...event, now: this.now } as UploadEvent),
      this.rules,
    )
    this.state = deepFreeze(next.state)
    this.raw = deepFreeze(next.effects)
    for (const effect of next.effects) if (effect.type === 'callUrls') this.#asked = effect.parts
    this.effects = next.effects.map(inWords)
    for (const effect of next.effects) this.#expectTicketOfItsOwn(effect)
    return this.effects
  }

  at(now: number, event: NewEvent): string[] {
    this.now = now
    return this.send(event)
  }

  // What follows are the good answers, in the words of the contract.

  journaled(): string[] {
    return this.send({ type: 'journaled', ticket: this.state.ticket })
  }

  admit(): string[] {
    return this.send({ type: 'admitted', gate: 'open' })
  }

  hashed(): string[] {
    return this.send({ type: 'hashed', ticket: this.state.hashing?.ticket ?? -1, hash: 'ab' })
  }

  started(partSize = 10, uploadId = 'm'): string[] {
    return this.send({
      type: 'started',
      ticket: this.#call(),
      key: 'k',
      uploadId,
      partSize,
    })
  }

  /** Answers the urls call. */
  signed(lifeMs?: number): string[] {
    const { signing } = this.state.multipart ?? {}
    return this.send({
      type: 'signed',
      ticket: signing?.ticket ?? -1,
      urls: this.#asked.map((part) => ({ part, url: `url${part}`, lifeMs })),
      draw: 0.5,
    })
  }

  grant(place?: Place): string[] {
    return this.send({ type: 'slotGranted', place })
  }

  confirmed(part: number): string[] {
    const { generation } = this.state
    return this.send({
      type: 'partConfirmed',
      taskId: this.task(part),
      part,
      generation,
      etag: `e${part}`,
    })
  }

  putFailed(part: number, failure: Failure, draw = 0.5): string[] {
    return this.send({ type: 'partFailed', taskId: this.task(part), failure, draw })
  }

  callFailed(failure: Failure, draw = 0.5): string[] {
    const { call, multipart } = this.state
    const [kind, ticket] =
      call !== undefined
        ? ([call.kind, call.ticket] as const)
        : multipart?.signing !== undefined
          ? (['urls', multipart.signing.ticket] as const)
          : (['abort', this.#abort()] as const)
    return this.send({ type: 'callFailed', call: kind, ticket, failure, draw })
  }

  listed(...parts: number[]): string[] {
    return this.send({
      type: 'listed',
      ticket: this.#call(),
      parts: parts.map((part) => ({ part, etag: `e${part}`, size: part === 3 ? 5 : 10 })),
    })
  }

  completed(): string[] {
    return this.send({ type: 'completed', ticket: this.#call() })
  }

  aborted(): string[] {
    return this.send({ type: 'aborted', ticket: this.#abort() })
  }

  woke(draw = 0.5): string[] {
    return this.send({ type: 'woke', draw })
  }

  /** The alarm rings when it was asked for. */
  ring(draw = 0.5): string[] {
    this.now = this.state.wakeAt
    return this.woke(draw)
  }

  task(part: number): string {
    const flight = this.state.multipart?.flights.find((one) => one.part === part)
    return flight?.taskId ?? `no task of part ${part}`
  }

  /** As far as the multipart upload of 3 parts is durable and signed. */
  toSigned(lifeMs?: number): this {
    this.journaled()
    this.admit()
    this.hashed()
    this.started()
    this.journaled()
    this.signed(lifeMs)
    return this
  }

  /** As far as two of three parts are on their way. */
  toFlights(lifeMs?: number): this {
    this.toSigned(lifeMs)
    this.grant()
    this.grant()
    return this
  }

  /** As far as all parts are confirmed, which the journal does not hold yet. */
  toConfirmed(): this {
    this.toFlights()
    this.confirmed(1)
    this.confirmed(2)
    this.grant()
    this.confirmed(3)
    return this
  }

  /** As far as complete is called. */
  toComplete(): this {
    this.toConfirmed()
    this.journaled()
    return this
  }

  /** By its ticket an answer is told from those that nobody waits for any more. */
  #expectTicketOfItsOwn(effect: UploadEffect): void {
    if (!('ticket' in effect) || effect.type === 'dropCall') return
    if (effect.ticket <= this.#lastTicket) throw new Error(`${effect.type}: an old ticket`)
    this.#lastTicket = effect.ticket
  }

  #call(): number {
    return this.state.call?.ticket ?? -1
  }

  #abort(): number {
    return this.state.abandoned.find(({ job }) => job !== undefined)?.job?.ticket ?? -1
  }
}

function inWords(effect: UploadEffect): string {
  switch (effect.type) {
    case 'journalPart':
      return `journalPart ${effect.part} ${effect.etag}`
    case 'forgetParts':
      return `forgetParts ${effect.generation}/1..${effect.parts}`
    case 'releaseRef':
      return `releaseRef ${effect.ref}`
    case 'wantSlots':
      return `wantSlots ${effect.slots}${effect.aging ? ' aging' : ''}`
    case 'releaseSlots':
      return `releaseSlots ${effect.count}`
    case 'keepSlots':
      return `keepSlots ${effect.count} of ${effect.bytes}`
    case 'callUrls':
      return `callUrls ${effect.parts.join()}`
    case 'callAbort':
      return `callAbort ${effect.uploadId}`
    case 'dropCall':
      return `dropCall ${effect.call}`
    case 'put':
      return `put ${effect.part} [${effect.start},${effect.end}) ${effect.url}`
    case 'cancelPuts':
      return `cancelPuts ${effect.taskIds.map((id) => id.split('/')[2]).join()}`
    case 'wake':
      return `wake ${effect.at}`
    default:
      return effect.type
  }
}
