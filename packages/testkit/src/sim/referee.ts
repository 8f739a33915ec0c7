import type { Range, StoreChange } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { CompleteWatch } from './complete-watch.ts'
import { hashOf } from './content-hash.ts'
import { Finished } from './finished.ts'
import { type HttpAnswer, isSuccess, retryAfterOf } from './http-answer.ts'
import { JournalLedger } from './journal-ledger.ts'
import { Leftovers } from './leftovers.ts'
import { PutWatch, partName } from './put-watch.ts'
import { checkRecords } from './record-rules.ts'
import { RetryWatch } from './retry-watch.ts'
import { newSigning } from './signing.ts'
import type { ControlRequest, SimBackend } from './sim-backend.ts'
import type { SimStorage, StoredUpload } from './sim-storage.ts'
import type { SimStore } from './sim-store.ts'
import { SlotWatch } from './slot-watch.ts'
import { type Trace, underWay } from './trace.ts'
import { UrlWatch } from './url-watch.ts'
import type { World } from './world.ts'

/** After these answers an upload begins anew. */
const RESTARTS = /NoSuchUpload|InvalidPart/

/** Told of what ended, with what was answered or undefined where nothing was. */
export type End = (answer: HttpAnswer | undefined) => void

/** Watches the wire and the journal, and knows what must not happen. */
export class Referee {
  readonly #world: World
  readonly #storage: SimStorage
  readonly #backend: SimBackend
  readonly #store: SimStore
  readonly #urls: UrlWatch
  readonly #puts: PutWatch
  readonly #retries: RetryWatch
  readonly #completes: CompleteWatch
  readonly traces: Map<string, Trace> = new Map()
  readonly ledger: JournalLedger = new JournalLedger()
  readonly leftovers: Leftovers
  readonly finished: Finished
  readonly slots: SlotWatch

  constructor(
    world: World,
    parts: {
      readonly storage: SimStorage
      readonly backend: SimBackend
      readonly store: SimStore
    },
  ) {
    this.#world = world
    this.#storage = parts.storage
    this.#backend = parts.backend
    this.#store = parts.store
    this.#urls = new UrlWatch(world, parts.storage)
    this.slots = new SlotWatch(world)
    this.leftovers = new Leftovers(world, parts.storage, this.ledger)
    this.finished = new Finished(world, this.ledger)
    this.#puts = new PutWatch(world, this.ledger)
    this.#retries = new RetryWatch(world)
    this.#completes = new CompleteWatch(world, this.ledger, this.finished)
    this.ledger.onAmbiguity = (id, generation) => {
      const name = this.ledger.uploads.get(id)?.name
      world.violate('journal', `generation ${generation} of ${name} has two multipart uploads`)
    }
    parts.storage.onObject = (upload, bytes) => this.#objectMade(upload, bytes)
  }

  traceOf(file: string | undefined): Trace | undefined {
    return file === undefined ? undefined : this.traces.get(file)
  }

  /** Whatever others can see is for the one who has the journal. */
  acts(client: ClientProcess, what: string): void {
    const { holder } = this.#store
    if (holder === client) return
    const owner = holder === undefined ? 'nobody has' : `${holder.name} has`
    this.#world.violate('9 one at a time', `${client.name} ${what} although ${owner} the journal`)
  }

  /** The process died, or its uploader was closed: what it had under way is over. */
  processEnded(): void {
    this.leftovers.processEnded()
    this.slots.processEnded()
    this.#puts.processEnded()
    for (const trace of this.traces.values()) {
      this.#completes.processEnded(trace)
      trace.busy = 0
      trace.puts.clear()
      trace.calls.clear()
      trace.signing = newSigning()
    }
  }

  /** A part is about to be sent, or is handed to a queue that will send it. */
  putStarts(client: ClientProcess, url: string, range: Range): End {
    const world = this.#world
    const issued = this.#storage.urls.get(url)
    const trace = this.traceOf(issued?.upload.file)
    if (issued === undefined || trace === undefined) {
      world.violate('4 urls', `a PUT went to a URL that was never issued: ${url}`)
      return () => {}
    }
    const { upload, part } = issued
    const what = partName(upload.uploadId, part)
    world.note(client.name, () => `PUT ${part} of ${upload.uploadId} (${trace.name})`)
    this.acts(client, `sends part ${part} of ${trace.name}`)
    this.#checkMayStart(client, trace, `PUT of part ${part}`)
    this.#urls.used(trace, issued)
    this.#retries.tried(trace, what)
    this.#puts.starts(trace, issued, range)
    trace.signing.failedParts.delete(part)
    const startedAt = world.clock.now()
    const end = underWay(trace, client)
    let isOver = false
    return (answer) => {
      // A queue that forgets a task says so once more, when its part may be on its way again.
      if (isOver) return
      isOver = true
      if (client.ended || !this.#puts.ends(trace, issued)) return
      this.slots.putEnded(startedAt, answer, (answer && retryAfterOf(answer)) ?? 0)
      end()
      if (answer === undefined || !isSuccess(answer)) {
        trace.signing.failedParts.add(part)
        trace.signing.disturbed = true
      }
      if (answer !== undefined) this.#putAnswered(trace, what, answer)
    }
  }

  /** The client learns what became of a part. */
  #putAnswered(trace: Trace, what: string, answer: HttpAnswer): void {
    if (isSuccess(answer)) return
    this.#retries.refused(trace, what, answer)
    if (RESTARTS.test(answer.body)) trace.mayFall = true
    else trace.failures.set(what, (trace.failures.get(what) ?? 0) + 1)
  }

  controlStarts(client: ClientProcess, request: ControlRequest): End {
    const world = this.#world
    const { call, uploadId, body } = request
    const upload = this.#backend.uploadOf(uploadId)
    const trace = this.traceOf(call === 'start' ? String(body.fileName) : upload?.file)
    if (trace === undefined) {
      world.violate('3 complete', `${call} of an unknown upload: ${uploadId}`)
      return () => {}
    }
    world.note(client.name, () => `${call} ${uploadId ?? ''} (${trace.name})`)
    this.acts(client, `calls ${call} of ${trace.name}`)
    const what = call === 'start' ? 'start' : `${call}/${uploadId}`
    // Asked again with fresh headers: the same call, as far as pause and cancel are concerned.
    const isSecond = trace.refused === what
    trace.refused = undefined
    if (call !== 'abort' && !isSecond) this.#checkMayStart(client, trace, call)
    this.#retries.tried(trace, what)
    if (call === 'complete' && upload !== undefined) {
      this.#completes.starts(trace, upload, body.parts as readonly { PartNumber: number }[])
    }
    if (call === 'abort') this.leftovers.abortStarts(uploadId ?? '', trace.calls.has(what))
    if (call === 'start') {
      trace.signing = newSigning()
      this.finished.startStarts(trace)
    }
    if (call === 'urls') this.#urls.asked(trace, body.parts as readonly number[], isSecond)
    trace.calls.add(what)
    const end = underWay(trace, client)
    return (answer) => {
      if (client.ended) return
      end()
      if (call === 'start' && answer !== undefined) this.leftovers.startAnswered(client, answer)
      if (call === 'abort' && answer !== undefined) {
        this.leftovers.abortAnswered(uploadId ?? '', answer, isSecond)
      }
      this.#controlEnded(trace, request, what, answer)
    }
  }

  #controlEnded(
    trace: Trace,
    { call, uploadId = '' }: ControlRequest,
    what: string,
    answer: HttpAnswer | undefined,
  ): void {
    const failed = answer === undefined || !isSuccess(answer)
    trace.calls.delete(what)
    trace.signing.disturbed ||= failed
    if (call === 'urls') this.#urls.answered(trace, answer, failed)
    if (call === 'complete') this.#completes.ended(trace, uploadId, answer)
    if (answer === undefined) return
    if (answer.status === 401) trace.refused = what
    if (RESTARTS.test(answer.body)) trace.mayFall = true
    if (isSuccess(answer)) trace.notBefore.delete(what)
    else this.#retries.refused(trace, what, answer)
  }

  written(client: ClientProcess, batch: readonly StoreChange[]): void {
    this.acts(client, 'writes')
    checkRecords(this.#world, batch)
  }

  #checkMayStart(client: ClientProcess, trace: Trace, what: string): void {
    const world = this.#world
    const violate = (why: string): void =>
      world.violate('8 commands', `${what} of ${trace.name} starts although ${why}`)
    if (client.closed) violate('the uploader is closed')
    if (trace.cancelled) violate('it is cancelled')
    if (trace.paused) violate('it is paused')
    if (trace.failed) violate('it has failed')
    if (trace.over === 'completed') violate('it is completed')
    if (!client.toldOnline) {
      world.violate('5 retries', `${what} of ${trace.name} starts while offline`)
    }
  }

  /** Whatever the client thinks: an object must be what one content of its file was. */
  #objectMade(upload: StoredUpload, bytes: Uint8Array): void {
    this.finished.objectMade(upload.uploadId)
    if (hashOf(bytes) === upload.fileHash) return
    const guarantee = this.#world.has('file-change') ? '6 changed file' : '1 bytes'
    this.#world.violate(
      guarantee,
      `the object of ${upload.file} has not the bytes that were hashed`,
    )
  }
}
