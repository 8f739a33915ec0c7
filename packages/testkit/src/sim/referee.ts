import { errorCodes, isUploadError, type Range, type StoreChange } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { hashOf } from './content-hash.ts'
import { ATTEMPTS } from './core-policy.ts'
import { Finished } from './finished.ts'
import { type HttpAnswer, isSuccess } from './http-answer.ts'
import { JournalLedger, type RecordedUpload } from './journal-ledger.ts'
import { Leftovers } from './leftovers.ts'
import { findSecret, textOf } from './secrets.ts'
import { newSigning } from './signing.ts'
import type { ControlRequest, SimBackend } from './sim-backend.ts'
import type { IssuedUrl, SimStorage, StoredUpload } from './sim-storage.ts'
import type { SimStore } from './sim-store.ts'
import { SlotWatch } from './slot-watch.ts'
import { type Trace, underWay } from './trace.ts'
import { UrlWatch } from './url-watch.ts'
import type { World } from './world.ts'

/** After these answers an upload begins anew. */
const RESTARTS = /NoSuchUpload|InvalidPart/
/** DESIGN §9: bytes of the journal for one confirmed part. */
const PART_RECORD_BYTES = 200

/** Told of what ended, with what was answered or undefined where nothing was. */
export type End = (answer: HttpAnswer | undefined) => void

/** Watches the wire and the journal, and knows what must not happen. */
export class Referee {
  readonly #world: World
  readonly #storage: SimStorage
  readonly #backend: SimBackend
  readonly #store: SimStore
  readonly #urls: UrlWatch
  readonly traces: Map<string, Trace> = new Map()
  readonly ledger: JournalLedger = new JournalLedger()
  readonly leftovers: Leftovers
  readonly finished: Finished
  readonly slots: SlotWatch
  #puts = 0

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
    this.#puts = 0
    for (const trace of this.traces.values()) {
      if (trace.completes.size > 0 || this.#recordOf(trace)?.completeLost) trace.uncertain = true
      trace.busy = 0
      trace.puts.clear()
      trace.calls.clear()
      trace.completes.clear()
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
    const what = `${upload.uploadId}/${part}`
    world.note(client.name, () => `PUT ${part} of ${upload.uploadId} (${trace.name})`)
    this.acts(client, `sends part ${part} of ${trace.name}`)
    this.#checkMayStart(client, trace, `PUT of part ${part}`)
    this.#urls.used(trace, issued)
    this.#checkRange(issued, range)
    this.#checkRetry(trace, what)
    if (trace.puts.has(what)) {
      world.violate('2 no resend', `part ${part} of ${trace.name} is sent twice at once`)
    }
    if (this.ledger.holdsPart(trace.id, upload.uploadId, part)) {
      world.violate('2 no resend', `part ${part} of ${trace.name} is journaled and sent again`)
    }
    // Of a multipart upload that the journal does not know a crash would leave nothing but costs.
    const known = trace.id === undefined || this.ledger.uploads.get(trace.id)?.uploadId
    const lossy = world.has('store-failure') || world.has('corrupt-record')
    if (known !== true && known !== upload.uploadId && !lossy) {
      world.violate(
        'journal',
        `part ${part} of ${trace.name} is sent before its upload is journaled`,
      )
    }
    this.#puts += 1
    // What a queue holds is counted there.
    if (this.#puts > world.plan.concurrency && !world.has('background')) {
      world.violate('7 bounds', `${this.#puts} PUTs at once, ${world.plan.concurrency} allowed`)
    }
    trace.puts.add(what)
    trace.signing.failedParts.delete(part)
    const startedAt = world.clock.now()
    const end = underWay(trace, client)
    return (answer) => {
      if (client.ended || !trace.puts.delete(what)) return
      this.slots.putEnded(startedAt, answer, (answer && retryAfterOf(answer)) ?? 0)
      this.#puts -= 1
      end()
      if (answer === undefined || !isSuccess(answer)) {
        trace.signing.failedParts.add(part)
        trace.signing.disturbed = true
      }
      if (answer !== undefined) this.putAnswered(trace, what, answer)
    }
  }

  /** The client learns what became of a part. */
  putAnswered(trace: Trace, what: string, answer: HttpAnswer): void {
    if (isSuccess(answer)) return
    this.#noteRetryAfter(trace, what, answer)
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
    this.#checkRetry(trace, what)
    if (call === 'complete' && upload !== undefined) {
      this.#checkComplete(trace, upload, body.parts as readonly { PartNumber: number }[])
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
    if (call === 'complete') {
      trace.completes.delete(uploadId)
      if (answer === undefined || isNotNow(answer.status)) trace.uncertain = true
      else if (isSuccess(answer)) trace.completed.add(uploadId)
      else if (!trace.uncertain && answer.body.includes('NoSuchUpload')) {
        this.finished.toldGone(trace.id)
      }
    }
    if (answer === undefined) return
    if (answer.status === 401) trace.refused = what
    if (RESTARTS.test(answer.body)) trace.mayFall = true
    if (isSuccess(answer)) trace.notBefore.delete(what)
    else this.#noteRetryAfter(trace, what, answer)
  }

  /** Any failure that the application gets to see. */
  checkError(error: unknown, where: string): void {
    const world = this.#world
    if (!isUploadError(error)) {
      return world.violate('11 errors', `${where}: not an UploadError: ${String(error)}`)
    }
    world.note('app', () => `${where}: ${error.code}: ${error.message}`)
    if (!errorCodes.includes(error.code) || error.hint === '' || error.message === '') {
      world.violate('11 errors', `${where}: ${error.code} has no code, message or hint`)
    }
    if (error.code === 'internal') {
      world.violate('11 errors', `${where}: ${error.message}: ${textOf(error.cause)}`)
    }
    const secret = findSecret(textOf(error))
    if (secret !== undefined) world.violate('11 errors', `${where}: ${error.code} shows ${secret}`)
  }

  written(client: ClientProcess, batch: readonly StoreChange[]): void {
    this.acts(client, 'writes')
    for (const { key, value } of batch) {
      if (findSecret(`${key} ${value}`) !== undefined) {
        this.#world.violate('11 errors', `the journal record ${key} holds a secret`)
      }
      if (key.startsWith('p/') && key.length + (value?.length ?? 0) > PART_RECORD_BYTES) {
        this.#world.violate('7 bounds', `the part record ${key} is too large`)
      }
    }
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

  #checkRange({ upload, part }: IssuedUrl, { start, end }: Range): void {
    const { partSize } = this.#world.plan
    const first = (part - 1) * partSize
    if (start === first && end === Math.min(upload.fileSize, first + partSize)) return
    this.#world.violate('1 bytes', `part ${part} of ${upload.file} is sent as [${start}, ${end})`)
  }

  #checkRetry(trace: Trace, what: string): void {
    const world = this.#world
    const notBefore = trace.notBefore.get(what)
    if (notBefore !== undefined) {
      const early = notBefore - world.clock.now()
      if (early > 0) {
        world.violate('5 retries', `${what} of ${trace.name} is ${early} ms before Retry-After`)
      }
      trace.notBefore.delete(what)
    }
    if ((trace.failures.get(what) ?? 0) >= ATTEMPTS) {
      world.violate('5 retries', `${what} of ${trace.name} is tried more than ${ATTEMPTS} times`)
    }
  }

  #noteRetryAfter(trace: Trace, what: string, answer: HttpAnswer): void {
    const ms = retryAfterOf(answer)
    if (ms !== undefined) trace.notBefore.set(what, this.#world.clock.now() + ms)
  }

  #checkComplete(
    trace: Trace,
    upload: StoredUpload,
    parts: readonly { readonly PartNumber: number }[],
  ): void {
    const world = this.#world
    const { uploadId, fileSize } = upload
    const count = Math.max(1, Math.ceil(fileSize / world.plan.partSize))
    const dense =
      parts.length === count && parts.every(({ PartNumber }, at) => PartNumber === at + 1)
    if (!dense) {
      const numbers = parts.map(({ PartNumber }) => PartNumber).join(' ')
      world.violate(
        '3 complete',
        `${trace.name} has ${count} parts and is completed with ${numbers}`,
      )
    }
    // After a crash the storage would no longer know the upload, and a part would be missing.
    const lossy = world.has('store-failure') || world.has('corrupt-record')
    const lacks = parts.find(
      ({ PartNumber }) => !this.ledger.holdsPart(trace.id, uploadId, PartNumber),
    )
    if (lacks !== undefined && trace.id !== undefined && !lossy) {
      const part = lacks.PartNumber
      world.violate('journal', `${trace.name} is completed before part ${part} is journaled`)
    }
    // After a crash nobody would know that the object may exist.
    if (this.#recordOf(trace)?.completeLost === false && !lossy) {
      world.violate('journal', `${trace.name} is completed before the journal says so`)
    }
    if (trace.completes.has(uploadId)) {
      world.violate('3 complete', `${trace.name} is completed twice at once`)
    }
    if (trace.completed.has(uploadId) && world.plan.faults.size === 0) {
      world.violate('3 complete', `${trace.name} is completed again`)
    }
    trace.completes.add(uploadId)
  }

  #recordOf({ id }: Trace): RecordedUpload | undefined {
    return id === undefined ? undefined : this.ledger.uploads.get(id)
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

/** Milliseconds that the server asks for. */
function retryAfterOf({ headers }: HttpAnswer): number | undefined {
  const value = headers['retry-after']
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  return Date.parse(value) - Date.parse(headers.date ?? value)
}

/** Says nothing of what became of a request that was sent twice on the way. */
function isNotNow(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}
