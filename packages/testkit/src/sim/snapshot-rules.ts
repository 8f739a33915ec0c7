import type { UploadSnapshot } from '@s3-bg-uploader/core'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** What a single snapshot must satisfy, and what may follow after what. */
export function checkSnapshot(world: World, trace: Trace, snapshot: UploadSnapshot): void {
  const { last } = trace
  if (last === snapshot) return
  trace.last = snapshot
  const violate = (why: string): void =>
    world.violate('snapshot', `${trace.name} (${snapshot.status}): ${why}`)
  if (last?.status !== snapshot.status) {
    const waits = snapshot.waitingFor && `, waiting for ${snapshot.waitingFor.reason}`
    world.note('app', () => `${trace.name} is ${snapshot.status}${waits ?? ''}`)
  }
  const { status, percentage, sentBytes, totalBytes, confirmedBytes, confirmedParts } = snapshot
  const completed = status === 'completed'
  if (!(percentage >= 0 && percentage <= 100) || (percentage === 100) !== completed) {
    violate(`percentage is ${percentage}`)
  }
  if (sentBytes < 0 || sentBytes > totalBytes) violate(`${sentBytes} of ${totalBytes} bytes sent`)
  if (confirmedBytes > totalBytes) violate(`${confirmedBytes} of ${totalBytes} bytes confirmed`)
  if (confirmedParts > snapshot.totalParts) {
    violate(`${confirmedParts} of ${snapshot.totalParts} parts confirmed`)
  }
  if (snapshot.hashedBytes > totalBytes) violate(`${snapshot.hashedBytes} bytes hashed`)
  if (completed && (sentBytes !== totalBytes || confirmedBytes !== totalBytes)) {
    violate(`completed with ${sentBytes} sent and ${confirmedBytes} confirmed of ${totalBytes}`)
  }
  if ((snapshot.error !== undefined) !== (status === 'failed')) {
    violate(`error is ${snapshot.error?.code}`)
  }
  if (!(snapshot.speed >= 0) || !Number.isFinite(snapshot.speed)) violate(`speed ${snapshot.speed}`)
  if (snapshot.eta !== undefined && !(snapshot.eta >= 0)) violate(`eta ${snapshot.eta}`)
  if (snapshot.partsInFlight > world.plan.concurrency && !world.has('background')) {
    world.violate('7 bounds', `${trace.name} has ${snapshot.partsInFlight} parts in flight`)
  }
  if (last === undefined) return
  if (last.status === 'completed' && !completed) violate('it was completed')
  if (last.status === 'cancelled' && status !== 'cancelled') violate('it was cancelled')
  if (sentBytes < last.sentBytes) {
    if (!trace.mayFall) violate(`sentBytes falls from ${last.sentBytes} to ${sentBytes}`)
    trace.mayFall = false
  }
}
