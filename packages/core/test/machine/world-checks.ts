import { etagOf, listEtags } from '../../src/machine/etag-table.ts'
import { usableSlots } from '../../src/machine/parts.ts'
import { partCount, partRange } from '../../src/machine/plan.ts'
import type { Rules } from '../../src/machine/rules.ts'
import { gateOf, type SchedulerState, slotsOf } from '../../src/machine/scheduler.ts'
import type { UploadEvent } from '../../src/machine/upload-event.ts'
import type { UploadState } from '../../src/machine/upload-state.ts'
import { waitingFor } from '../../src/machine/view.ts'
import type { Outstanding, Put, Uploading, Violated, Write } from './world-parts.ts'
import type { WorldStorage } from './world-storage.ts'

/** Complete is called with all parts, and after the journal says so. Gives the upload id. */
export function checkComplete({ state, etags, record }: Uploading, violated: Violated): string {
  const { multipart, file, generation } = state
  if (multipart === undefined) return violated('complete without a multipart upload')
  const list = listEtags(multipart.confirmed)
  if (list.length !== partCount(file.size, multipart.partSize)) {
    violated(`complete with ${list.length} parts`)
  }
  list.forEach(({ part, etag }, index) => {
    if (part !== index + 1 || etag !== `etag ${part}`) violated(`complete with ${etag}`)
    if (etags.get(`${generation}/${part}`) !== etag) {
      violated(`complete before the journal holds part ${part}`)
    }
  })
  if (record?.multipart?.uploadId !== multipart.uploadId) {
    violated('complete before the journal holds its upload')
  }
  if (!record?.completeLost) violated('complete before the journal says so')
  return multipart.uploadId
}

/** A part is sent as it is, once, on a URL of its own that is good, and after the journal knows. */
export function checkPut(
  { state, record, etags }: Uploading,
  { part, generation, url, start, end }: Put,
  surroundings: {
    readonly isInFlight: boolean
    readonly storage: WorldStorage
    readonly now: number
  },
  violated: Violated,
): void {
  const { isInFlight, storage, now } = surroundings
  const { multipart } = state
  if (multipart === undefined) return violated('a PUT without a multipart upload')
  if (state.gate !== 'open') violated('a PUT behind a closed gate')
  if (record?.multipart?.uploadId !== multipart.uploadId) {
    violated('a PUT before the journal holds its upload')
  }
  if (etagOf(multipart.confirmed, part) !== undefined) violated(`part ${part} sent again`)
  if (etags.has(`${generation}/${part}`)) violated(`journaled part ${part} sent again`)
  if (generation !== state.generation) violated('a PUT of another generation')
  if (isInFlight) violated(`part ${part} is in flight twice`)
  const range = partRange(state.file.size, multipart.partSize, part)
  if (range.start !== start || range.end !== end) violated(`part ${part} has other bytes`)
  const signed = storage.signed(url)
  if (signed?.part !== part || signed.uploadId !== multipart.uploadId) {
    violated(`part ${part} goes to the URL of another one`)
  }
  if (signed !== undefined && signed.expiresAt <= now) violated('the URL has expired')
}

/** Every part is in exactly one place: none is lost, none is there twice. */
export function checkParts({ multipart }: UploadState, violated: Violated): void {
  if (multipart === undefined) return
  const { confirmed, next, parts, signing } = multipart
  const places = new Map<number, string>()
  const lists = { ...multipart, signing: signing?.parts ?? [] }
  for (const place of ['flights', 'ready', 'returned', 'delayed', 'blind', 'signing'] as const) {
    for (const { part } of lists[place]) {
      const other = places.get(part)
      if (other !== undefined) violated(`part ${part} is in ${other} and in ${place}`)
      places.set(part, place)
      // The answer of a urls call sorts out what arrived in the meantime.
      if (place !== 'signing' && place !== 'returned' && etagOf(confirmed, part) !== undefined) {
        violated(`part ${part} is confirmed and in ${place}`)
      }
    }
  }
  for (let part = 1; part <= parts; part += 1) {
    if (part < next && !places.has(part) && etagOf(confirmed, part) === undefined) {
      violated(`part ${part} is lost`)
    }
  }
}

/** What is of no more use is remembered until it is aborted, or startUpload brings it back. */
export function checkAbandoned(
  before: UploadState,
  after: UploadState,
  event: UploadEvent,
  { storage, canAbort }: { readonly storage: WorldStorage; readonly canAbort: Rules['canAbort'] },
  violated: Violated,
): void {
  const kept = new Set(after.abandoned.map(({ uploadId }) => uploadId))
  if (kept.size < after.abandoned.length) violated('abandoned twice')
  for (const { uploadId, job } of before.abandoned) {
    const isAnswered =
      (event.type === 'aborted' || event.type === 'callFailed') && event.ticket === job?.ticket
    if (!kept.has(uploadId) && !isAnswered) violated(`${uploadId} is never aborted`)
  }
  const left = before.multipart
  if (left === undefined || left.uploadId === after.multipart?.uploadId) return
  const isOver = after.outcome === 'completed' || storage.get(left.uploadId)?.status !== 'open'
  if (canAbort && !isOver && !kept.has(left.uploadId)) {
    violated(`${left.uploadId} is left without being aborted`)
  }
}

/** What must hold whenever the machines have heard everything of each other. */
export function checkQuiet(
  {
    uploads,
    outstanding,
    writes,
    scheduler,
    rules,
    now,
  }: {
    readonly uploads: readonly Uploading[]
    readonly outstanding: readonly Outstanding[]
    readonly writes: readonly Write[]
    readonly scheduler: SchedulerState
    readonly rules: Rules
    readonly now: number
  },
  violated: Violated,
): void {
  const { admitted, held } = scheduler
  const slots = slotsOf(scheduler)
  const gate = gateOf(scheduler)
  let flights = 0
  for (const [index, { state, alarm, record }] of uploads.entries()) {
    if (record === undefined) continue
    const inFlight = state.multipart?.flights.length ?? 0
    const holders = state.multipart?.flights.filter(({ holdsSlot }) => holdsSlot).length ?? 0
    flights += holders
    const live = outstanding.filter((o) => o.live && o.upload === index)
    const puts = live.filter(({ job }) => job.kind === 'put').length
    if (puts !== inFlight) violated(`u${index} knows ${inFlight} of ${puts} PUTs`)
    const place = admitted.find(({ id }) => id === state.file.id)
    if ((place !== undefined) !== (state.admission === 'granted')) {
      violated(`u${index} and the scheduler disagree about its admission`)
    }
    if ((place?.held ?? 0) !== holders) violated(`u${index} leaks slots`)
    if (place !== undefined && state.gate !== gate) violated(`u${index} does not know the gate`)
    const { queueTasks = slots } = rules
    const isIdle = usableSlots(state, rules) > 0 && held < Math.min(slots, queueTasks)
    if (isIdle) violated('a slot is idle')
    const works = live.some(({ job }) => job.kind !== 'abort')
    const isWritten = writes.some(({ upload }) => upload === index)
    const waiting = waitingFor(state, gate)
    const isOver = state.outcome !== undefined || state.paused
    if (!isOver && !works && !isWritten && waiting === undefined) {
      violated(`u${index} does nothing and cannot say why`)
    }
    if (waiting?.reason === 'retry' && alarm > (waiting.until ?? 0)) {
      if ((waiting.until ?? 0) > now) violated(`u${index} waits without an alarm`)
    }
  }
  if (held !== flights) violated(`${held} slots are held for ${flights} PUTs`)
}
