import { isDeepStrictEqual } from 'node:util'
import type { ErrorCode } from '../../src/errors.ts'
import { etagOf, listEtags } from '../../src/machine/etag-table.ts'
import type { Failure } from '../../src/machine/failure.ts'
import { needsFile } from '../../src/machine/kept-file.ts'
import { canUseSlot } from '../../src/machine/parts.ts'
import { partCount, partLength, partRange } from '../../src/machine/plan.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import {
  gateOf,
  newScheduler,
  type SchedulerEvent,
  type SchedulerState,
  schedule,
  slotsOf,
} from '../../src/machine/scheduler.ts'
import { transition } from '../../src/machine/transition.ts'
import type { UploadEffect } from '../../src/machine/upload-effect.ts'
import type { UploadEvent } from '../../src/machine/upload-event.ts'
import { recordOf, type UploadRecord } from '../../src/machine/upload-record.ts'
import { newUpload, type Rules, type UploadState } from '../../src/machine/upload-state.ts'
import { waitingFor } from '../../src/machine/view.ts'
import { deepFreeze } from './deep-freeze.ts'

type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never
type NewEvent = Timeless<UploadEvent>
type Put = Extract<UploadEffect, { type: 'put' }>
type Command = 'pause' | 'resume' | 'cancel' | 'retry'

/** One thing that happens to the world; numbers choose among what is possible at that moment. */
export type Step =
  /** An outstanding effect is answered, in one of the ways that fit it; `again` repeats it later. */
  | {
      readonly type: 'answer'
      readonly pick: number
      readonly how: number
      readonly again: boolean
    }
  | { readonly type: 'command'; readonly upload: number; readonly command: Command }
  /** A command from a listener: the machines have not yet heard all of each other. */
  | { readonly type: 'interrupt'; readonly upload: number; readonly command: Command }
  | { readonly type: 'network'; readonly online: boolean }
  | { readonly type: 'constraint'; readonly constrained: boolean }
  | { readonly type: 'time'; readonly ms: number }
  /** An alarm rings. */
  | { readonly type: 'ring'; readonly pick: number }
  | { readonly type: 'crash'; readonly luck: number; readonly background: boolean }

/** Work that was handed out. */
type Job =
  | { readonly kind: 'open' }
  | { readonly kind: 'hash'; readonly ticket: number }
  | { readonly kind: 'start'; readonly ticket: number }
  | { readonly kind: 'urls'; readonly ticket: number; readonly parts: readonly number[] }
  | { readonly kind: 'list'; readonly ticket: number }
  | { readonly kind: 'complete'; readonly ticket: number; readonly uploadId: string }
  | { readonly kind: 'abort'; readonly ticket: number; readonly uploadId: string }
  | { readonly kind: 'put'; readonly put: Put; readonly uploadId: string }

interface Outstanding {
  readonly upload: number
  readonly job: Job
  /** False once the machine lost interest; an answer may come all the same. */
  live: boolean
}

interface Uploading {
  state: UploadState
  alarm: number
  /** What is on the disk. */
  file: { size: number; lastModified: number; exists: boolean }
  /** The transport keeps what its ref names. */
  kept: boolean
  readonly partSize: number
  /** What the journal holds. */
  record: UploadRecord | undefined
  readonly etags: Map<string, string>
  /** Multipart uploads that complete was sent for, or that the journal says so of after a crash. */
  readonly asked: Set<string>
  /** The last one that this process gave out. */
  ticket: number
}

interface StoredUpload {
  readonly key: string
  readonly partSize: number
  readonly size: number
  readonly parts: Set<number>
  status: 'open' | 'completed' | 'gone'
}

interface Write {
  readonly upload: number
  readonly apply: () => void
  readonly ticket: number | undefined
}

type Message =
  | { readonly to: 'upload'; readonly upload: number; readonly event: NewEvent }
  | { readonly to: 'scheduler'; readonly event: SchedulerEvent }

export interface WorldOptions {
  readonly uploads: readonly { readonly size: number; readonly partSize: number }[]
  readonly rules: Omit<Rules, 'slotsNow'>
}

const LIVES = [undefined, undefined, 900_000, 900_000, 1000, 1]

const exchange: Failure = { kind: 'exchange', message: 'the connection broke' }
const status = (code: number, reason?: string, retryAfterMs?: number): Failure => ({
  kind: 'status',
  status: code,
  message: `status ${code}`,
  reason,
  retryAfterMs,
})
const unusable: Failure = {
  kind: 'unusable',
  code: 'response_invalid',
  status: 200,
  message: 'no key',
}
const noEtag: Failure = { kind: 'unusable', code: 'etag_missing', status: 200, message: 'no ETag' }
const local = (code: ErrorCode): Failure => ({
  kind: 'local',
  code,
  message: code,
})
const lostUpload = status(404, 'NoSuchUpload')

const CALL_FAILURES = [
  exchange,
  exchange,
  status(500),
  status(503, undefined, 7000),
  status(403),
  unusable,
]
const EVENTS_IN_A_ROW = 2000
const AFTER_CANCEL: readonly UploadEffect['type'][] = [
  'callAbort',
  'cancelPuts',
  'closeSource',
  'dropCall',
  'forgetParts',
  'forgetUpload',
  'journalUpload',
  'releaseRef',
  'releaseSlots',
  'requestAdmission',
  'stopHash',
  'wake',
  'withdraw',
]

/**
 * Everything around the machines, played by choice: the disk, the journal, the backend, the storage,
 * the timers, the user and the scheduler. It watches every transition and throws what it saw at the
 * first step that breaks a guarantee.
 */
export class World {
  readonly #rules: WorldOptions['rules']
  readonly uploads: Uploading[]
  /** Everything that happened, for the message of a violation. */
  readonly story: string[] = []
  #now = 1000
  #draws = 0
  #scheduler: SchedulerState
  #inbox: Message[] = []
  #outstanding: Outstanding[] = []
  /** Batches, each durable as a whole, in this order. */
  #writes: Write[][] = []
  /** What is asked for at once is written at once. */
  #batch: Write[] | undefined
  readonly #storage = new Map<string, StoredUpload>()
  readonly #urls = new Map<string, { uploadId: string; part: number; expiresAt: number }>()

  constructor({ uploads, rules }: WorldOptions) {
    this.#rules = deepFreeze(rules)
    this.#scheduler = this.#newScheduler(true)
    this.uploads = uploads.map(({ size, partSize }, index) => {
      const state = newUpload({
        id: `u${index}`,
        order: index,
        name: `file ${index}`,
        size,
        lastModified: 1,
        transferId: undefined,
        userParams: undefined,
        ref: '"ref"',
        createdAt: 0,
      })
      return {
        state: deepFreeze(state),
        alarm: Number.POSITIVE_INFINITY,
        file: { size, lastModified: 1, exists: true },
        kept: true,
        partSize,
        record: recordOf(state),
        etags: new Map<string, string>(),
        asked: new Set<string>(),
        ticket: 0,
      }
    })
    for (const upload of this.uploads.keys()) {
      this.#post(upload, { type: 'journaled', ticket: 0 })
    }
    this.#drain()
  }

  take(step: Step): void {
    this.story.push(`-- ${JSON.stringify(step)}`)
    switch (step.type) {
      case 'answer':
        this.#answerOne(step.pick, step.how, step.again)
        break
      case 'command':
        this.#command(step.upload, step.command)
        break
      case 'interrupt':
        this.#command(step.upload, step.command)
        return
      case 'network':
        this.#tell({ type: 'networkChanged', online: step.online })
        break
      case 'constraint':
        this.#tell({ type: 'constraintChanged', constrained: step.constrained })
        break
      case 'time':
        this.#now += step.ms
        break
      case 'ring':
        this.#ring(step.pick)
        break
      case 'crash':
        this.#crash(step.luck, step.background)
    }
    this.#drain()
  }

  /** From now on everything succeeds. Returns once nothing is left to do. */
  settle(): void {
    this.story.push('-- from now on everything succeeds')
    this.#tell({ type: 'networkChanged', online: true })
    this.#tell({ type: 'constraintChanged', constrained: false })
    this.#outstanding = this.#outstanding.filter(({ live }) => live)
    for (const { file } of this.uploads) file.exists = true
    this.#drain()
    const parts = this.uploads.reduce((sum, { file, partSize }) => {
      return sum + partCount(file.size, partSize)
    }, 0)
    const bound = 200 + 20 * this.uploads.length + 10 * parts
    for (let steps = 0; this.#goOnWell(); steps += 1) {
      this.#drain()
      if (steps > bound) this.#violated(`not settled within ${bound} steps`)
    }
  }

  /** What a user could do to let everything go on that can. */
  encourage(): void {
    for (const [upload, { state }] of this.uploads.entries()) {
      if (state.outcome === 'failed') this.#command(upload, 'retry')
      this.#command(upload, 'resume')
    }
    this.#drain()
  }

  violated(what: string): never {
    return this.#violated(what)
  }

  /** One thing that is outstanding goes well; false if there was none. */
  #goOnWell(): boolean {
    if (this.#writes.length > 0) {
      this.#write(this.#writes.length)
      return true
    }
    const next = this.#outstanding[0]
    if (next !== undefined) {
      this.#now += 1
      this.#answer(next, 0, false)
      return true
    }
    const alarm = Math.min(...this.uploads.map((upload) => upload.alarm))
    if (alarm === Number.POSITIVE_INFINITY) return false
    this.#ring(0)
    return true
  }

  #answerOne(pick: number, how: number, again: boolean): void {
    const choices = this.#outstanding.length + (this.#writes.length > 0 ? 1 : 0)
    if (choices === 0) return
    const index = pick % choices
    const chosen = this.#outstanding[index]
    if (chosen === undefined) return this.#write(1 + (how % this.#writes.length))
    this.#answer(chosen, how, again)
  }

  #write(count: number): void {
    for (const { apply, upload, ticket } of this.#writes.splice(0, count).flat()) {
      apply()
      if (ticket !== undefined) this.#post(upload, { type: 'journaled', ticket })
    }
  }

  #command(index: number, command: Command): void {
    const upload = index % this.uploads.length
    if (this.#upload(upload).record !== undefined) this.#post(upload, { type: command })
  }

  #ring(pick: number): void {
    const set = this.uploads
      .map(({ alarm }, upload) => ({ alarm, upload }))
      .filter(({ alarm }) => alarm < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.alarm - b.alarm)
    const chosen = set[pick % Math.max(1, set.length)]
    if (chosen === undefined) return
    this.#now = Math.max(this.#now, chosen.alarm)
    this.#upload(chosen.upload).alarm = Number.POSITIVE_INFINITY
    this.#post(chosen.upload, { type: 'woke', draw: this.#draw() })
  }

  /** The process dies. What was under way may or may not have arrived. */
  #crash(luck: number, background: boolean): void {
    const { online, constrained } = this.#scheduler
    this.#inbox = []
    let bits = luck
    const isLucky = (): boolean => {
      bits = (bits * 1_103_515_245 + 12_345) % 2_147_483_648
      return bits % 3 === 0
    }
    for (const { job } of this.#outstanding) {
      if (job.kind === 'put' && isLucky()) this.#store(job.put, job.uploadId)
      if (job.kind === 'complete' && isLucky()) this.#finish(job.uploadId)
    }
    const queue =
      background && this.rules.queueTasks !== undefined
        ? this.#outstanding.filter(({ job, live }) => job.kind === 'put' && live)
        : []
    this.#outstanding = []
    const durable = this.#writes.splice(0, luck % (this.#writes.length + 1))
    for (const { apply } of durable.flat()) apply()
    this.#writes = []
    this.#scheduler = this.#newScheduler(online)
    this.#tell({ type: 'constraintChanged', constrained })
    for (const [index, upload] of this.uploads.entries()) {
      upload.alarm = Number.POSITIVE_INFINITY
      upload.ticket = 0
      if (upload.record === undefined) continue
      const { record } = upload
      const etags = [...upload.etags]
        .map(([name, etag]) => ({ name: name.split('/').map(Number), etag }))
        .filter(({ name: [generation] }) => generation === record.generation)
        .map(({ name: [, part = 0], etag }) => [part, etag] as const)
      upload.state = deepFreeze(restoreUpload(record, etags))
      if (record.completeLost) upload.asked.add(record.multipart?.uploadId ?? 'none')
      const running = queue.filter(
        ({ upload, job }) =>
          upload === index && job.kind === 'put' && job.put.generation === record.generation,
      )
      const tasks = running.flatMap(({ job }) =>
        job.kind === 'put' ? [{ taskId: job.put.taskId, part: job.put.part, sentBytes: 0 }] : [],
      )
      this.#outstanding.push(...running)
      if (tasks.length > 0) this.#post(index, { type: 'reattached', tasks })
      this.#post(index, { type: 'woke', draw: 0 })
    }
  }

  /** Answers one effect; `how` 0 is success. */
  #answer(outstanding: Outstanding, how: number, again: boolean): void {
    const { upload, job, live } = outstanding
    const isProgress = how === 31
    if (again && !isProgress) outstanding.live = false
    else if (!isProgress) {
      this.#outstanding = this.#outstanding.filter((other) => other !== outstanding)
    }
    const post = (event: NewEvent): void => this.#post(upload, event)
    const { file } = this.#upload(upload)
    switch (job.kind) {
      case 'open': {
        if (isProgress) return
        if (how === 1) file.exists = false
        if (how === 2 || how === 3) {
          file.lastModified += 1
          file.size += how === 3 ? 1 : 0
        }
        if (how === 4) return post({ type: 'openFailed', failure: local('file_unreadable') })
        if (how === 5) return post({ type: 'openFailed', failure: local('permission_needed') })
        if (!file.exists) return post({ type: 'openFailed', failure: local('file_not_found') })
        return post({ type: 'opened', size: file.size, lastModified: file.lastModified })
      }
      case 'hash': {
        const { ticket } = job
        if (isProgress) return post({ type: 'hashProgressed', ticket, bytes: 1 })
        if (how === 1) {
          const failure = local(again ? 'source_changed' : 'file_unreadable')
          return post({ type: 'hashFailed', ticket, failure, draw: this.#draw() })
        }
        return post({ type: 'hashed', ticket, hash: `hash of ${file.size}` })
      }
      case 'put':
        return this.#answerPut(outstanding, job, how, isProgress)
      default: {
        if (isProgress) return
        const { ticket, kind } = job
        const failure = this.#failureOf(job, how)
        if (failure !== undefined) {
          // Who refused a complete call does not do it later.
          const isRefusal = failure.kind === 'status' && failure.status < 500
          if (kind === 'complete' && isRefusal) {
            this.#outstanding = this.#outstanding.filter((other) => other !== outstanding)
          }
          return post({ type: 'callFailed', call: kind, ticket, failure, draw: this.#draw() })
        }
        return post(this.#successOf(upload, job, how, live))
      }
    }
  }

  #failureOf(
    job: Exclude<Job, { kind: 'open' | 'hash' | 'put' }>,
    how: number,
  ): Failure | undefined {
    // Half of all answers are good ones.
    if (how >= 1 && how <= CALL_FAILURES.length) {
      if (job.kind === 'complete' && (how === 2 || how === 4)) this.#finish(job.uploadId)
      return CALL_FAILURES[how - 1]
    }
    if (job.kind === 'start') return undefined
    const uploadId = job.kind === 'complete' || job.kind === 'abort' ? job.uploadId : undefined
    const stored = uploadId === undefined ? undefined : this.#storage.get(uploadId)
    if (how === 7 && stored?.status === 'open') stored.status = 'gone'
    if (stored !== undefined && stored.status !== 'open') return lostUpload
    return undefined
  }

  #successOf(
    upload: number,
    job: Exclude<Job, { kind: 'open' | 'hash' | 'put' }>,
    how: number,
    live: boolean,
  ): NewEvent {
    const { ticket } = job
    const { file, partSize, state } = this.#upload(upload)
    const draw = this.#draw()
    switch (job.kind) {
      case 'start': {
        const uploadId = `mpu${this.#storage.size}`
        const key = `key/${uploadId}`
        const size = live ? state.file.size : file.size
        const stored = { key, partSize, size, parts: new Set<number>(), status: 'open' } as const
        this.#storage.set(uploadId, { ...stored })
        // No whole number makes too many parts of so small a file.
        const given = how === 7 && size >= 20 ? 0.001 : partSize
        return { type: 'started', ticket, key, uploadId, partSize: given }
      }
      case 'urls': {
        const uploadId = state.multipart?.uploadId ?? 'none'
        const stored = this.#storage.get(uploadId)
        if (how === 7 && stored?.status === 'open') stored.status = 'gone'
        if (stored?.status === 'gone') {
          return { type: 'callFailed', call: 'urls', ticket, failure: lostUpload, draw }
        }
        const lifeMs = how === 8 ? -1 : LIVES[how % LIVES.length]
        const urls = job.parts.map((part) => {
          const url = `https://s3/${uploadId}/${part}?${this.#urls.size}`
          const expiresAt = this.#now + (lifeMs ?? Number.POSITIVE_INFINITY)
          this.#urls.set(url, { uploadId, part, expiresAt })
          return { part, url, lifeMs }
        })
        return { type: 'signed', ticket, urls, draw }
      }
      case 'list': {
        const stored = this.#storage.get(state.multipart?.uploadId ?? 'none')
        if (stored?.status !== 'open') {
          return { type: 'callFailed', call: 'list', ticket, failure: lostUpload, draw }
        }
        const parts = [...stored.parts].map((part) => ({
          part,
          etag: `etag ${part}`,
          size: partLength(stored.size, stored.partSize, part),
        }))
        return { type: 'listed', ticket, parts }
      }
      case 'complete':
        this.#finish(job.uploadId)
        return { type: 'completed', ticket }
      case 'abort': {
        const stored = this.#storage.get(job.uploadId)
        if (stored?.status === 'open') stored.status = 'gone'
        return { type: 'aborted', ticket }
      }
    }
  }

  #answerPut(
    { upload }: Outstanding,
    { put, uploadId }: Extract<Job, { kind: 'put' }>,
    how: number,
    isProgress: boolean,
  ): void {
    const { taskId, part, generation, start, end } = put
    if (isProgress) {
      return this.#post(upload, { type: 'partProgressed', taskId, sentBytes: (end - start) / 2 })
    }
    const failed = (failure: Failure): void =>
      this.#post(upload, { type: 'partFailed', taskId, failure, draw: this.#draw() })
    const stored = this.#storage.get(uploadId)
    if (how === 7 && stored?.status === 'open') stored.status = 'gone'
    if (stored?.status !== 'open') return failed(lostUpload)
    const failures = [
      exchange,
      exchange,
      status(403, 'AccessDenied'),
      status(503, 'SlowDown', 7000),
      status(500),
      noEtag,
      noEtag,
      status(400, 'RequestTimeout'),
      status(400, 'InvalidDigest'),
      local('source_changed'),
    ]
    // 403 twice as likely: the case with most to get wrong.
    const failure =
      how > 0 && how <= 6 ? failures[how - 1] : how > 20 ? failures[how - 21] : undefined
    if (failure === exchange && how % 2 === 0) this.#store(put, uploadId)
    if (failure === noEtag) this.#store(put, uploadId)
    if (failure !== undefined) return failed(failure)
    this.#store(put, uploadId)
    this.#post(upload, { type: 'partConfirmed', taskId, part, generation, etag: `etag ${part}` })
  }

  #store({ part }: Put, uploadId: string): void {
    const stored = this.#storage.get(uploadId)
    if (stored?.status === 'open') stored.parts.add(part)
  }

  #finish(uploadId: string): void {
    const stored = this.#storage.get(uploadId)
    if (stored?.status !== 'open') return
    const parts = partCount(stored.size, stored.partSize)
    for (let part = 1; part <= parts; part += 1) {
      if (!stored.parts.has(part)) this.#violated(`completed without part ${part} in the storage`)
    }
    stored.status = 'completed'
  }

  #post(upload: number, event: NewEvent): void {
    this.#inbox.push({ to: 'upload', upload, event })
  }

  #tell(event: SchedulerEvent): void {
    this.#inbox.push({ to: 'scheduler', event })
  }

  #drain(): void {
    this.#batch = undefined
    for (let done = 0; ; done += 1) {
      const message = this.#inbox.shift()
      if (message === undefined) break
      if (done > EVENTS_IN_A_ROW) this.#violated('the machines talk without end')
      if (message.to === 'scheduler') this.#schedule(message.event)
      else this.#transition(message.upload, message.event)
      this.#checkFlights()
    }
    this.#checkQuiet()
  }

  get rules(): Rules {
    return { ...this.#rules, slotsNow: slotsOf(this.#scheduler) }
  }

  #schedule(event: SchedulerEvent): void {
    const before = this.#scheduler
    const { state, effects } = schedule(before, deepFreeze(event))
    this.story.push(`scheduler ${JSON.stringify(event)} → ${JSON.stringify(effects)}`)
    if (!isDeepStrictEqual(schedule(before, event), { state, effects })) {
      this.#violated('the scheduler is not a function')
    }
    const most = this.rules.queueTasks ?? this.rules.slots
    if (state.held > most || state.held < 0) this.#violated(`${state.held} slots are held`)
    const slots = slotsOf(state)
    if (!(slots >= 1 && slots <= this.rules.slots)) this.#violated(`there are ${slots} slots`)
    const grants = effects.filter(({ type }) => type === 'grantSlot').length
    if (grants > 0 && state.held > (this.rules.queueTasks ?? slots)) {
      this.#violated(`one more than ${slots} slots is granted`)
    }
    this.#scheduler = deepFreeze(state)
    for (const effect of effects) {
      switch (effect.type) {
        case 'admit':
          this.#post(this.#indexOf(effect.id), { type: 'admitted', gate: effect.gate })
          break
        case 'grantSlot':
          if (gateOf(state) !== 'open') this.#violated('a slot was granted behind a closed gate')
          this.#post(this.#indexOf(effect.id), { type: 'slotGranted', place: effect.place })
          break
        case 'changeGate':
          for (const id of effect.ids) {
            this.#post(this.#indexOf(id), { type: 'gateChanged', gate: effect.gate })
          }
      }
    }
  }

  #transition(index: number, timeless: NewEvent): void {
    const upload = this.#upload(index)
    if (upload.record === undefined) return
    const before = upload.state
    const event = deepFreeze({ ...timeless, now: this.#now } as UploadEvent)
    const { state, effects } = transition(before, event, this.rules)
    this.story.push(`u${index} ${JSON.stringify(event)} → ${JSON.stringify(effects)}`)
    if (!isDeepStrictEqual(transition(before, event, this.rules), { state, effects })) {
      this.#violated('the machine is not a function')
    }
    upload.state = deepFreeze(state)
    deepFreeze(effects)
    if (before.outcome === 'cancelled') {
      if (state.outcome !== 'cancelled') this.#violated('a cancelled upload lives')
      const more = effects.find(({ type }) => !AFTER_CANCEL.includes(type))
      if (more !== undefined) this.#violated(`${more.type} after cancel`)
    }
    if (before.outcome !== 'completed' && state.outcome === 'completed') {
      const stored = this.#storage.get(before.multipart?.uploadId ?? 'none')
      if (stored?.status !== 'completed') this.#violated('completed, but not in the storage')
    }
    if (state.failedWith?.code === 'complete_uncertain') {
      if (!upload.asked.has(state.multipart?.uploadId ?? 'none')) {
        this.#violated('uncertain of what was never asked')
      }
    }
    // The user wants the new content sent.
    if (event.type === 'retry' && before.failedWith?.code === 'source_changed') upload.asked.clear()
    this.#checkParts(state)
    this.#checkAbandoned(before, state, event)
    for (const effect of effects) this.#run(index, upload, effect)
  }

  #run(index: number, upload: Uploading, effect: UploadEffect): void {
    const { state } = upload
    if ('ticket' in effect && effect.type !== 'dropCall') {
      if (effect.ticket <= upload.ticket) this.#violated(`${effect.type} has an old ticket`)
      upload.ticket = effect.ticket
    }
    const add = (job: Job): void => {
      if (this.#outstanding.some((o) => o.live && o.upload === index && o.job.kind === job.kind)) {
        if (job.kind !== 'put' && job.kind !== 'abort')
          this.#violated(`a second ${job.kind} at the same time`)
      }
      const runs = state.outcome === undefined && !state.paused
      if (!runs && job.kind !== 'abort') this.#violated(`${job.kind} of an upload that stopped`)
      if (job.kind !== 'abort' && job.kind !== 'put' && state.gate !== 'open') {
        this.#violated(`${job.kind} behind a closed gate`)
      }
      this.#outstanding.push({ upload: index, job, live: true })
    }
    const drop = (isMeant: (job: Job) => boolean): void => {
      for (const outstanding of this.#outstanding) {
        if (outstanding.upload === index && isMeant(outstanding.job)) outstanding.live = false
      }
    }
    const write = (apply: () => void, ticket?: number): void => {
      if (this.#batch === undefined) {
        this.#batch = []
        this.#writes.push(this.#batch)
      }
      this.#batch.push({ upload: index, apply, ticket })
    }
    switch (effect.type) {
      case 'journalUpload': {
        const record = recordOf(state)
        return write(() => {
          upload.record = record
        }, effect.ticket)
      }
      case 'journalPart':
        return write(() => {
          upload.etags.set(`${effect.generation}/${effect.part}`, effect.etag)
        })
      case 'forgetParts':
        return write(() => {
          for (let part = 1; part <= effect.parts; part += 1) {
            upload.etags.delete(`${effect.generation}/${part}`)
          }
        })
      case 'forgetUpload':
        return write(() => {
          upload.record = undefined
        })
      case 'releaseRef':
        if (!this.rules.keepsFiles) this.#violated('nothing is kept')
        return write(() => {
          const { record } = upload
          if (record !== undefined && needsFile(record)) {
            this.#violated(`the file of u${index} is needed and released`)
          }
          upload.kept = false
        })
      case 'requestAdmission':
        return this.#tell({
          type: 'admissionRequested',
          id: state.file.id,
          order: state.file.order,
        })
      case 'withdraw':
        return this.#tell({ type: 'withdrawn', id: state.file.id })
      case 'wantSlot':
        return this.#tell({ ...effect, type: 'slotWanted', id: state.file.id })
      case 'releaseSlots':
        return this.#tell({ ...effect, type: 'slotsReleased', id: state.file.id })
      case 'keepSlots': {
        const { id, order } = state.file
        return this.#tell({ ...effect, type: 'slotsKept', id, order })
      }
      case 'openSource':
        return add({ kind: 'open' })
      case 'closeSource':
        // Whoever opened it for nothing closes it again and keeps quiet.
        this.#outstanding = this.#outstanding.filter(
          ({ upload, job }) => upload !== index || job.kind !== 'open',
        )
        return
      case 'hash':
        return add({ kind: 'hash', ticket: effect.ticket })
      case 'stopHash':
        return drop(({ kind }) => kind === 'hash')
      case 'callStart':
        for (const uploadId of upload.asked) {
          const isDone = this.#storage.get(uploadId)?.status === 'completed'
          if (isDone) this.#violated(`sent again although ${uploadId} is completed`)
        }
        return add({ kind: 'start', ticket: effect.ticket })
      case 'callUrls':
        return add({ kind: 'urls', ticket: effect.ticket, parts: effect.parts })
      case 'callList':
        if (!this.rules.canList) this.#violated('list is not configured')
        return add({ kind: 'list', ticket: effect.ticket })
      case 'callComplete':
        upload.asked.add(state.multipart?.uploadId ?? 'none')
        return add({
          kind: 'complete',
          ticket: effect.ticket,
          uploadId: this.#completable(upload),
        })
      case 'callAbort':
        if (!this.rules.canAbort) this.#violated('abort is not configured')
        return add({ kind: 'abort', ticket: effect.ticket, uploadId: effect.uploadId })
      case 'dropCall':
        return drop(
          (job) => job.kind === effect.call && 'ticket' in job && job.ticket === effect.ticket,
        )
      case 'put':
        this.#checkPut(index, upload, effect)
        return add({ kind: 'put', put: effect, uploadId: state.multipart?.uploadId ?? 'none' })
      case 'cancelPuts':
        return drop((job) => job.kind === 'put' && effect.taskIds.includes(job.put.taskId))
      case 'wake':
        if (effect.at < this.#now) this.#violated('an alarm in the past')
        upload.alarm = effect.at
    }
  }

  #completable({ state, etags, record }: Uploading): string {
    const { multipart, file, generation } = state
    if (multipart === undefined) return this.#violated('complete without a multipart upload')
    const list = listEtags(multipart.confirmed)
    if (list.length !== partCount(file.size, multipart.partSize)) {
      this.#violated(`complete with ${list.length} parts`)
    }
    list.forEach(({ part, etag }, index) => {
      if (part !== index + 1 || etag !== `etag ${part}`) this.#violated(`complete with ${etag}`)
      if (etags.get(`${generation}/${part}`) !== etag) {
        this.#violated(`complete before the journal holds part ${part}`)
      }
    })
    if (record?.multipart?.uploadId !== multipart.uploadId) {
      this.#violated('complete before the journal holds its upload')
    }
    if (!record.completeLost) this.#violated('complete before the journal says so')
    return multipart.uploadId
  }

  #checkPut(index: number, { state, record, etags }: Uploading, put: Put): void {
    const { multipart } = state
    const { part, generation, url, start, end } = put
    if (multipart === undefined) return this.#violated('a PUT without a multipart upload')
    if (state.gate !== 'open') this.#violated('a PUT behind a closed gate')
    if (record?.multipart?.uploadId !== multipart.uploadId) {
      this.#violated('a PUT before the journal holds its upload')
    }
    if (etagOf(multipart.confirmed, part) !== undefined) this.#violated(`part ${part} sent again`)
    if (etags.has(`${generation}/${part}`)) this.#violated(`journaled part ${part} sent again`)
    if (generation !== state.generation) this.#violated('a PUT of another generation')
    const twice = this.#outstanding.some(
      ({ upload, live, job }) =>
        live && upload === index && job.kind === 'put' && job.put.part === part,
    )
    if (twice) this.#violated(`part ${part} is in flight twice`)
    const range = partRange(state.file.size, multipart.partSize, part)
    if (range.start !== start || range.end !== end) this.#violated(`part ${part} has other bytes`)
    const signed = this.#urls.get(url)
    if (signed?.part !== part || signed.uploadId !== multipart.uploadId) {
      this.#violated(`part ${part} goes to the URL of another one`)
    }
    if (signed !== undefined && signed.expiresAt <= this.#now) this.#violated('the URL has expired')
  }

  /** Every part is in exactly one place: none is lost, none is there twice. */
  #checkParts({ multipart }: UploadState): void {
    if (multipart === undefined) return
    const { confirmed, next, parts, signing } = multipart
    const places = new Map<number, string>()
    const lists = { ...multipart, signing: signing?.parts ?? [] }
    for (const place of ['flights', 'ready', 'returned', 'delayed', 'blind', 'signing'] as const) {
      for (const { part } of lists[place]) {
        const other = places.get(part)
        if (other !== undefined) this.#violated(`part ${part} is in ${other} and in ${place}`)
        places.set(part, place)
        // The answer of a urls call sorts out what arrived in the meantime.
        if (place !== 'signing' && place !== 'returned' && etagOf(confirmed, part) !== undefined) {
          this.#violated(`part ${part} is confirmed and in ${place}`)
        }
      }
    }
    for (let part = 1; part <= parts; part += 1) {
      if (part < next && !places.has(part) && etagOf(confirmed, part) === undefined) {
        this.#violated(`part ${part} is lost`)
      }
    }
  }

  /** What is of no more use is remembered until it is aborted, or startUpload brings it back. */
  #checkAbandoned(before: UploadState, after: UploadState, event: UploadEvent): void {
    const kept = new Set(after.abandoned.map(({ uploadId }) => uploadId))
    if (kept.size < after.abandoned.length) this.#violated('abandoned twice')
    for (const { uploadId, job } of before.abandoned) {
      const isAnswered =
        (event.type === 'aborted' || event.type === 'callFailed') && event.ticket === job?.ticket
      if (!kept.has(uploadId) && !isAnswered) this.#violated(`${uploadId} is never aborted`)
    }
    const left = before.multipart
    if (left === undefined || left.uploadId === after.multipart?.uploadId) return
    const stored = this.#storage.get(left.uploadId)
    const isOver = after.outcome === 'completed' || stored?.status !== 'open'
    if (this.rules.canAbort && !isOver && !kept.has(left.uploadId)) {
      this.#violated(`${left.uploadId} is left without being aborted`)
    }
  }

  #checkFlights(): void {
    const flying = this.#outstanding.filter(({ live, job, upload }) => {
      // A queue goes on with parts of a file that this process cannot open.
      const isLost = this.#upload(upload).state.source === 'missing'
      return live && job.kind === 'put' && !isLost
    })
    const most = this.rules.queueTasks ?? this.rules.slots
    if (flying.length > most) this.#violated(`${flying.length} PUTs at the same time`)
  }

  /** What must hold whenever the machines have heard everything of each other. */
  #checkQuiet(): void {
    const { admitted, held } = this.#scheduler
    const slots = slotsOf(this.#scheduler)
    let flights = 0
    for (const [index, { state, alarm, record }] of this.uploads.entries()) {
      if (record === undefined) continue
      const inFlight = state.multipart?.flights.length ?? 0
      const holders = state.multipart?.flights.filter(({ holdsSlot }) => holdsSlot).length ?? 0
      flights += holders
      const live = this.#outstanding.filter((o) => o.live && o.upload === index)
      const puts = live.filter(({ job }) => job.kind === 'put').length
      if (puts !== inFlight) this.#violated(`u${index} knows ${inFlight} of ${puts} PUTs`)
      const place = admitted.find(({ id }) => id === state.file.id)
      if ((place !== undefined) !== (state.admission === 'granted')) {
        this.#violated(`u${index} and the scheduler disagree about its admission`)
      }
      if ((place?.held ?? 0) !== holders) this.#violated(`u${index} leaks slots`)
      if (place !== undefined && state.gate !== gateOf(this.#scheduler)) {
        this.#violated(`u${index} does not know the gate`)
      }
      const { queueTasks = slots } = this.rules
      const isIdle = canUseSlot(state, this.rules) && held < Math.min(slots, queueTasks)
      if (isIdle) this.#violated('a slot is idle')
      const works = live.some(({ job }) => job.kind !== 'abort')
      const writes = this.#writes.flat().some(({ upload }) => upload === index)
      const gate = gateOf(this.#scheduler)
      const waiting = waitingFor(state, gate)
      const isOver = state.outcome !== undefined || state.paused
      if (!isOver && !works && !writes && waiting === undefined) {
        this.#violated(`u${index} does nothing and cannot say why`)
      }
      if (waiting?.reason === 'retry' && alarm > (waiting.until ?? 0)) {
        if ((waiting.until ?? 0) > this.#now) this.#violated(`u${index} waits without an alarm`)
      }
    }
    if (held !== flights) this.#violated(`${held} slots are held for ${flights} PUTs`)
  }

  #newScheduler(online: boolean): SchedulerState {
    const { slots, queueTasks } = this.#rules
    const window =
      queueTasks === undefined ? undefined : { tasks: queueTasks, bytes: Number.POSITIVE_INFINITY }
    return newScheduler({ slots, window, configured: true, online })
  }

  #violated(what: string): never {
    throw new Error(`${what}\n${this.story.join('\n')}`)
  }

  #upload(index: number): Uploading {
    const upload = this.uploads[index]
    if (upload === undefined) return this.#violated(`there is no upload ${index}`)
    return upload
  }

  #indexOf(id: string): number {
    return Number(id.slice(1))
  }

  /** Any sequence will do, as long as it is the same in every run. */
  #draw(): number {
    this.#draws += 1
    return (this.#draws * 0.618_034) % 1
  }
}
