import { isDeepStrictEqual } from 'node:util'
import { needsFile } from '../../src/machine/kept-file.ts'
import { partCount } from '../../src/machine/plan.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import type { Rules } from '../../src/machine/rules.ts'
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
import { recordOf } from '../../src/machine/upload-record.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { deepFreeze } from './deep-freeze.ts'
import { failureOf, local, putFailureOf, successOf } from './world-answers.ts'
import { checkAbandoned, checkComplete, checkParts, checkPut, checkQuiet } from './world-checks.ts'
import type {
  Command,
  Job,
  Message,
  NewEvent,
  Outstanding,
  Put,
  Step,
  Uploading,
  Write,
} from './world-parts.ts'
import { WorldStorage } from './world-storage.ts'

export interface WorldOptions {
  readonly uploads: readonly { readonly size: number; readonly partSize: number }[]
  readonly rules: Omit<Rules, 'slotsNow'>
}

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
  readonly #storage = new WorldStorage((what) => this.violated(what))

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
      if (steps > bound) this.violated(`not settled within ${bound} steps`)
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

  /** Throws, with all that happened before. */
  readonly violated = (what: string): never => {
    throw new Error(`${what}\n${this.story.join('\n')}`)
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
      if (job.kind === 'put' && isLucky()) this.#storage.store(job.put, job.uploadId)
      if (job.kind === 'complete' && isLucky()) this.#storage.complete(job.uploadId)
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
      case 'put': {
        const { put, uploadId } = job
        const { taskId, part, generation, start, end } = put
        if (isProgress) {
          return post({ type: 'partProgressed', taskId, sentBytes: (end - start) / 2 })
        }
        const failure = putFailureOf(this.#storage, put, uploadId, how)
        if (failure !== undefined) {
          return post({ type: 'partFailed', taskId, failure, draw: this.#draw() })
        }
        return post({ type: 'partConfirmed', taskId, part, generation, etag: `etag ${part}` })
      }
      default: {
        if (isProgress) return
        const { ticket, kind } = job
        const failure = failureOf(this.#storage, job, how)
        if (failure !== undefined) {
          // Who refused a complete call does not do it later.
          const isRefusal = failure.kind === 'status' && failure.status < 500
          if (kind === 'complete' && isRefusal) {
            this.#outstanding = this.#outstanding.filter((other) => other !== outstanding)
          }
          return post({ type: 'callFailed', call: kind, ticket, failure, draw: this.#draw() })
        }
        const chances = { how, live, now: this.#now, draw: this.#draw() }
        return post(successOf(this.#storage, this.#upload(upload), job, chances))
      }
    }
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
      if (done > EVENTS_IN_A_ROW) this.violated('the machines talk without end')
      if (message.to === 'scheduler') this.#schedule(message.event)
      else this.#transition(message.upload, message.event)
      this.#checkFlights()
    }
    checkQuiet(
      {
        uploads: this.uploads,
        outstanding: this.#outstanding,
        writes: this.#writes.flat(),
        scheduler: this.#scheduler,
        rules: this.rules,
        now: this.#now,
      },
      this.violated,
    )
  }

  get rules(): Rules {
    return { ...this.#rules, slotsNow: slotsOf(this.#scheduler) }
  }

  #schedule(event: SchedulerEvent): void {
    const before = this.#scheduler
    const { state, effects } = schedule(before, deepFreeze(event))
    this.story.push(`scheduler ${JSON.stringify(event)} → ${JSON.stringify(effects)}`)
    if (!isDeepStrictEqual(schedule(before, event), { state, effects })) {
      this.violated('the scheduler is not a function')
    }
    const most = this.rules.queueTasks ?? this.rules.slots
    if (state.held > most || state.held < 0) this.violated(`${state.held} slots are held`)
    const slots = slotsOf(state)
    if (!(slots >= 1 && slots <= this.rules.slots)) this.violated(`there are ${slots} slots`)
    const grants = effects.filter(({ type }) => type === 'grantSlot').length
    if (grants > 0 && state.held > (this.rules.queueTasks ?? slots)) {
      this.violated(`one more than ${slots} slots is granted`)
    }
    this.#scheduler = deepFreeze(state)
    for (const effect of effects) {
      switch (effect.type) {
        case 'admit':
          this.#post(this.#indexOf(effect.id), { type: 'admitted', gate: effect.gate })
          break
        case 'grantSlot':
          if (gateOf(state) !== 'open') this.violated('a slot was granted behind a closed gate')
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
      this.violated('the machine is not a function')
    }
    upload.state = deepFreeze(state)
    deepFreeze(effects)
    if (before.outcome === 'cancelled') {
      if (state.outcome !== 'cancelled') this.violated('a cancelled upload lives')
      const more = effects.find(({ type }) => !AFTER_CANCEL.includes(type))
      if (more !== undefined) this.violated(`${more.type} after cancel`)
    }
    if (before.outcome !== 'completed' && state.outcome === 'completed') {
      const stored = this.#storage.get(before.multipart?.uploadId ?? 'none')
      if (stored?.status !== 'completed') this.violated('completed, but not in the storage')
    }
    if (state.failedWith?.code === 'complete_uncertain') {
      if (!upload.asked.has(state.multipart?.uploadId ?? 'none')) {
        this.violated('uncertain of what was never asked')
      }
    }
    // The user wants the new content sent.
    if (event.type === 'retry' && before.failedWith?.code === 'source_changed') upload.asked.clear()
    checkParts(state, this.violated)
    const surroundings = { storage: this.#storage, canAbort: this.rules.canAbort }
    checkAbandoned(before, state, event, surroundings, this.violated)
    for (const effect of effects) this.#run(index, upload, effect)
  }

  #run(index: number, upload: Uploading, effect: UploadEffect): void {
    const { state } = upload
    if ('ticket' in effect && effect.type !== 'dropCall') {
      if (effect.ticket <= upload.ticket) this.violated(`${effect.type} has an old ticket`)
      upload.ticket = effect.ticket
    }
    const add = (job: Job): void => {
      if (this.#outstanding.some((o) => o.live && o.upload === index && o.job.kind === job.kind)) {
        if (job.kind !== 'put' && job.kind !== 'abort')
          this.violated(`a second ${job.kind} at the same time`)
      }
      const runs = state.outcome === undefined && !state.paused
      if (!runs && job.kind !== 'abort') this.violated(`${job.kind} of an upload that stopped`)
      if (job.kind !== 'abort' && job.kind !== 'put' && state.gate !== 'open') {
        this.violated(`${job.kind} behind a closed gate`)
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
        if (!this.rules.keepsFiles) this.violated('nothing is kept')
        return write(() => {
          const { record } = upload
          if (record !== undefined && needsFile(record)) {
            this.violated(`the file of u${index} is needed and released`)
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
      case 'wantSlots':
        return this.#tell({ ...effect, type: 'slotsWanted', id: state.file.id })
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
          if (isDone) this.violated(`sent again although ${uploadId} is completed`)
        }
        return add({ kind: 'start', ticket: effect.ticket })
      case 'callUrls':
        return add({ kind: 'urls', ticket: effect.ticket, parts: effect.parts })
      case 'callList':
        if (!this.rules.canList) this.violated('list is not configured')
        return add({ kind: 'list', ticket: effect.ticket })
      case 'callComplete':
        upload.asked.add(state.multipart?.uploadId ?? 'none')
        return add({
          kind: 'complete',
          ticket: effect.ticket,
          uploadId: checkComplete(upload, this.violated),
        })
      case 'callAbort':
        if (!this.rules.canAbort) this.violated('abort is not configured')
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
        if (effect.at < this.#now) this.violated('an alarm in the past')
        upload.alarm = effect.at
    }
  }

  #checkPut(index: number, upload: Uploading, put: Put): void {
    const isInFlight = this.#outstanding.some(
      (other) =>
        other.live &&
        other.upload === index &&
        other.job.kind === 'put' &&
        other.job.put.part === put.part,
    )
    const surroundings = { isInFlight, storage: this.#storage, now: this.#now }
    checkPut(upload, put, surroundings, this.violated)
  }

  #checkFlights(): void {
    const flying = this.#outstanding.filter(({ live, job, upload }) => {
      // A queue goes on with parts of a file that this process cannot open.
      const isLost = this.#upload(upload).state.source === 'missing'
      return live && job.kind === 'put' && !isLost
    })
    const most = this.rules.queueTasks ?? this.rules.slots
    if (flying.length > most) this.violated(`${flying.length} PUTs at the same time`)
  }

  #newScheduler(online: boolean): SchedulerState {
    const { slots, queueTasks } = this.#rules
    const window =
      queueTasks === undefined ? undefined : { tasks: queueTasks, bytes: Number.POSITIVE_INFINITY }
    return newScheduler({ slots, window, configured: true, online })
  }

  #upload(index: number): Uploading {
    const upload = this.uploads[index]
    if (upload === undefined) return this.violated(`there is no upload ${index}`)
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
