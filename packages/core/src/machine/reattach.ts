import { etagOf } from './etag-table.ts'
import { mostSent } from './most-sent.ts'
import type { Flight, Multipart, WaitingPart } from './multipart.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import type { UploadState } from './upload-state.ts'

export type Reattach = typeof reattach

/** Parts that a background queue sent on while we were away stay in flight. */
export function reattach(
  given: UploadState,
  tasks: Extract<UploadEvent, { type: 'reattached' }>['tasks'],
  out: UploadEffect[],
): UploadState {
  // Tickets begin anew with every process, and no two tasks may have one name.
  const ticket = tasks.reduce((most, task) => Math.max(most, ticketOf(task)), given.ticket)
  const state: UploadState = { ...given, ticket }
  const { multipart } = state
  if (multipart === undefined || state.outcome !== undefined || state.paused) {
    out.push({ type: 'cancelPuts', taskIds: tasks.map(({ taskId }) => taskId) })
    return state
  }
  // A queue may still tell how earlier attempts ended: only the newest of a part counts.
  const newest = new Map<number, (typeof tasks)[number]>()
  for (const task of [...tasks].sort((a, b) => ticketOf(a) - ticketOf(b))) {
    if (etagOf(multipart.confirmed, task.part) === undefined) newest.set(task.part, task)
  }
  const useless = tasks.filter((task) => newest.get(task.part) !== task)
  if (useless.length > 0) {
    out.push({ type: 'cancelPuts', taskIds: useless.map(({ taskId }) => taskId) })
  }
  const flights = [...newest.values()].map(
    (task): Flight => ({
      ...task,
      url: '',
      failed: 0,
      lifeMs: 0,
      expiresAt: 0,
      holdsSlot: false,
      load: undefined,
      startedAt: undefined,
      movedAt: Number.POSITIVE_INFINITY,
    }),
  )
  const flying = new Set(flights.map(({ part }) => part))
  const last = flights.reduce((most, { part }) => Math.max(most, part), 0)
  // They are before `next` from now on, and so are those between them that nobody sent.
  const returned: WaitingPart[] = []
  let { next } = multipart
  for (; next <= last; next += 1) {
    if (flying.has(next) || etagOf(multipart.confirmed, next) !== undefined) continue
    returned.push({ part: next, failed: 0 })
  }
  const attached: Multipart = { ...multipart, flights, next, returned }
  const sentBytes = mostSent(state, attached)
  return { ...state, sentBytes, multipart: attached }
}

/** What `useSlot` put at the end of the name. */
function ticketOf({ taskId }: { readonly taskId: string }): number {
  return Number(taskId.slice(taskId.lastIndexOf('/') + 1))
}
