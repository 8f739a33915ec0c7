import type { Device } from './device.ts'
import type { IdleSlots } from './idle-slots.ts'
import type { SimUser } from './sim-user.ts'
import { shown } from './trace.ts'
import type { World } from './world.ts'

/** Called whenever nothing more follows from what happened, before time goes on. */
export function checkQuiet(
  world: World,
  device: Device,
  user: SimUser,
  idleSlots: IdleSlots,
): void {
  const slots = user.uploader?.getSnapshot().slots ?? world.plan.concurrency
  const attentive = user.client?.attentive === true
  if (attentive && user.uploader !== undefined) device.referee.slots.check(slots)
  const freeSlots = slots - checkSlots(world, device)
  if (attentive) checkWaitForSlots(world, device, freeSlots)
  checkSources(world, device, user)
  idleSlots.check(attentive, freeSlots)
  if (device.store.writing > 0 || !attentive) return
  checkJournal(world, device)
  checkWaiting(world, device)
}

/** The slots are for all uploads together. Returns how many are in use. */
function checkSlots(world: World, { referee }: Device): number {
  let flying = 0
  for (const trace of referee.traces.values()) flying += shown(trace)?.partsInFlight ?? 0
  // What a queue went on with while the process was dead holds no slots.
  if (flying > world.plan.concurrency && !world.has('background')) {
    world.violate('7 bounds', `${flying} parts in flight, ${world.plan.concurrency} allowed`)
  }
  return flying
}

/** Whoever waits for a slot waits for one that is in use. */
function checkWaitForSlots(world: World, { referee }: Device, freeSlots: number): void {
  if (freeSlots <= 0 || world.has('background')) return
  for (const trace of referee.traces.values()) {
    const snapshot = shown(trace)
    if (snapshot?.status !== 'uploading' || snapshot.waitingFor?.reason !== 'slot') continue
    world.violate('7 bounds', `${freeSlots} slots are free, and ${trace.name} waits for one`)
  }
}

/** A file is open once for its upload, and once more while it is added again; then not any more. */
function checkSources(world: World, { referee }: Device, user: SimUser): void {
  for (const trace of referee.traces.values()) {
    const { openSources, name, busy } = trace
    if (openSources === 0 || user.isAdding(trace)) continue
    const status = shown(trace)?.status
    const isOver = status === 'completed' || status === 'cancelled'
    if (openSources > 1) world.violate('7 bounds', `${name} is open ${openSources} times`)
    if (isOver && busy === 0) world.violate('7 bounds', `${name} is ${status} and its file is open`)
  }
}

/** Nothing is being written: what the snapshots call confirmed must be durable. */
function checkJournal(world: World, { referee }: Device): void {
  if (world.losesRecords) return
  for (const trace of referee.traces.values()) {
    const { name, id, pausedByUser, cancelled } = trace
    const snapshot = shown(trace)
    if (snapshot === undefined || id === undefined) continue
    const record = referee.ledger.uploads.get(id)
    if (pausedByUser && snapshot.status === 'paused' && record?.paused !== true) {
      world.violate('journal', `${name} is paused, which is not recorded`)
    }
    if (cancelled && record !== undefined && record.outcome !== 'cancelled') {
      world.violate('journal', `${name} is cancelled, which is not recorded`)
    }
    if (snapshot.confirmedParts === 0) continue
    if (snapshot.status === 'completed' || snapshot.status === 'cancelled') continue
    const durable = referee.ledger.countParts(id)
    if (durable >= snapshot.confirmedParts) continue
    const counts = `${snapshot.confirmedParts} parts confirmed, ${durable} in the journal`
    world.violate('journal', `${name}: ${counts}`)
  }
}

/** "Why is nothing happening?" always has an answer (DESIGN §4). */
function checkWaiting(world: World, device: Device): void {
  if ((device.queue?.size ?? 0) > 0) return
  const traces = device.referee.traces
  for (const { busy } of traces.values()) if (busy > 0) return
  for (const trace of traces.values()) {
    const snapshot = shown(trace)
    if (snapshot === undefined || snapshot.waitingFor !== undefined) continue
    if (['paused', 'failed', 'cancelled', 'completed'].includes(snapshot.status)) continue
    // On its way to the queue, or in it.
    if (device.queue !== undefined && snapshot.partsInFlight > 0) continue
    world.violate('waiting', `${trace.name} is ${snapshot.status} and nothing is under way`)
  }
}
