import type { Upload } from '@s3-bg-uploader/core'
import type { Device } from './device.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** What the app shows after a start must fit what the journal held. `follow` is told of all of it. */
export function lookAround(
  world: World,
  { referee }: Device,
  uploads: readonly Upload[],
  follow: (trace: Trace, upload: Upload) => void,
): void {
  for (const trace of referee.traces.values()) trace.last = undefined
  for (const upload of uploads) {
    const snapshot = upload.getSnapshot()
    const trace = referee.traces.get(snapshot.name)
    if (trace === undefined) {
      world.violate('10 corrupt', `${snapshot.name} was never added`)
      continue
    }
    if (trace.over === 'cancelled' && trace.id === upload.id && snapshot.status !== 'cancelled') {
      // The crash came before the cancel was durable: to the user it is back.
      trace.over = undefined
    }
    if (snapshot.status === 'cancelled') continue
    if (trace.cancelled && referee.ledger.uploads.get(upload.id)?.outcome === 'cancelled') {
      world.violate('8 commands', `${trace.name} was cancelled and is back`)
    }
    follow(trace, upload)
    const recorded = referee.ledger.uploads.get(upload.id)
    if (recorded?.paused && recorded.outcome === undefined && snapshot.status !== 'paused') {
      world.violate('8 commands', `${trace.name} was paused and goes on after the restart`)
    }
    trace.paused = snapshot.status === 'paused'
    trace.cancelled = false
    if (trace.over === 'completed' && snapshot.status !== 'completed') trace.over = undefined
  }
  for (const trace of referee.traces.values()) {
    if (trace.handle !== undefined || trace.over === 'cancelled') continue
    if (trace.id !== undefined && referee.ledger.uploads.has(trace.id)) {
      world.violate('10 corrupt', `${trace.name} is in the journal but not in the app`)
    }
    trace.over = undefined
  }
}
