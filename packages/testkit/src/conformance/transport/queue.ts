import type {
  PartQueue,
  PartTaskStatus,
  PutRequest,
  PutResponse,
  Source,
} from '@s3-bg-uploader/core'
import { check } from '../check.ts'
import type { Scope } from '../suite.ts'

/** Events are advisory: a queue that tells none is asked this often. */
const POLL_MS = 25

/** A status that no further one follows. */
export type FinishedTask = Extract<PartTaskStatus, { readonly state: 'answered' | 'broken' }>

let lastId = 0

/** An id that no other task of this run has. */
export function newTaskId(): string {
  return `conformance-${++lastId}`
}

/** What the queue knows of a task, if it knows it. */
export async function statusOf(queue: PartQueue, id: string): Promise<PartTaskStatus | undefined> {
  const found = (await queue.list()).filter((status) => status.id === id)
  check(found.length <= 1, `list() tells ${found.length} times of one task`)
  return found[0]
}

/** Resolves once the queue lists a task as finished. */
export async function untilFinished(
  queue: PartQueue,
  id: string,
  signal?: AbortSignal,
): Promise<FinishedTask> {
  for (;;) {
    const told = nextEvent(queue, signal)
    try {
      const status = await statusOf(queue, id)
      if (signal?.aborted) throw signal.reason ?? new Error('aborted')
      if (status === undefined) throw new Error('The queue has forgotten a task that it was given')
      if (status.state === 'answered' || status.state === 'broken') return status
      await told.soon
    } finally {
      told.end()
    }
  }
}

/** Sends a part as the core does: enqueue, list, acknowledge; and cancel when it is aborted. */
export async function putThroughQueue(
  queue: PartQueue,
  { ref }: Source,
  { url, range, signal, onProgress }: PutRequest,
  scope: Scope,
): Promise<PutResponse> {
  if (signal.aborted) throw signal.reason ?? new Error('aborted')
  check(ref !== undefined, 'A source of a background transport has no ref')
  const id = newTaskId()
  scope.defer(() => queue.cancel([id]))
  const unsubscribe = queue.subscribe((status) => {
    if (status.id === id && status.state === 'running') onProgress(status.sentBytes)
  })
  try {
    await queue.enqueue([{ id, url, range, ref }])
    const status = await untilFinished(queue, id, signal)
    await queue.acknowledge([id])
    if (status.state === 'broken') throw status.error
    return status.response
  } catch (error) {
    await queue.cancel([id])
    throw error
  } finally {
    unsubscribe()
  }
}

/** Resolves at the next event, the abort or the next time to ask, whatever comes first. */
function nextEvent(
  queue: PartQueue,
  signal: AbortSignal | undefined,
): { readonly soon: Promise<void>; end(): void } {
  let end = (): void => {}
  const soon = new Promise<void>((resolve) => {
    const done = (): void => resolve()
    const unsubscribe = queue.subscribe(done)
    const timer = setTimeout(done, POLL_MS)
    signal?.addEventListener('abort', done)
    end = () => {
      unsubscribe()
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
    }
  })
  return { soon, end: () => end() }
}
