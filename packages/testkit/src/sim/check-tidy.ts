import type { Device } from './device.ts'
import type { SimUser } from './sim-user.ts'
import type { World } from './world.ts'

/** What is over leaves nothing behind. */
export function checkTidy(world: World, device: Device, user: SimUser): void {
  if (world.violation !== undefined || user.uploader === undefined) return
  const { referee, store, queue, kept } = device
  for (const trace of referee.traces.values()) {
    const { name, over, id, openSources } = trace
    if (over !== 'completed' && over !== 'cancelled') continue
    if (openSources > 0) world.violate('7 bounds', `${name} is ${over} and its file is open`)
    if (world.losesRecords || id === undefined) continue
    const parts = [...store.durable.keys()].filter((key) => key.startsWith(`p/${id}/`))
    if (parts.length > 0) world.violate('journal', `${name} is ${over} and leaves ${parts[0]}`)
    const record = referee.ledger.uploads.get(id)
    // An abort call that nobody heard is kept for the next start.
    const gaveUp = record?.abandonedIds.some((id) => referee.leftovers.gaveUp(id))
    if (over === 'cancelled' && record !== undefined && gaveUp !== true) {
      world.violate('journal', `${name} is cancelled and still recorded`)
    }
    if (over === 'completed' && record?.outcome !== 'completed') {
      world.violate('journal', `${name} is completed, which is not recorded`)
    }
  }
  if (world.plan.canAbort && !world.losesRecords) referee.leftovers.check()
  // What a crash brought back after everything was over is not, and need not be.
  const done = [...referee.traces.values()].every(
    ({ over }) => over === 'completed' || over === 'cancelled',
  )
  if (done && !world.losesRecords && (queue?.size ?? 0) > 0) {
    world.violate('journal', `the queue still holds ${queue?.size} tasks`)
  }
  if (done && !world.losesRecords && (kept?.size ?? 0) > 0) {
    world.violate('kept files', `${kept?.size} files are kept for uploads that are over`)
  }
}
