import type { PartQueue, PartTaskStatus } from '../ports.ts'
import type { Post } from './entry.ts'
import { parseTaskId } from './task-id.ts'

/** What a queue holds at the start. */
export interface TakenOver {
  /** Of all its tasks, those of use included. */
  readonly statuses: readonly PartTaskStatus[]
  /** Ids of those that were dropped. */
  readonly useless: ReadonlySet<string>
}

/**
 * Takes over what the queue did while we were away. `generationOf` tells which generation of an
 * upload its tasks must be of to be of use; the others are dropped.
 */
export async function takeOver(
  queue: PartQueue,
  generationOf: (id: string) => number | undefined,
  post: Post,
): Promise<TakenOver> {
  const statuses = await queue.list()
  const useless = new Set<string>()
  const running = new Map<string, { taskId: string; part: number; sentBytes: number }[]>()
  for (const status of statuses) {
    const { id, generation, part } = parseTaskId(status.id)
    if (generationOf(id) !== generation) {
      useless.add(status.id)
      continue
    }
    const sentBytes = status.state === 'running' ? status.sentBytes : 0
    const tasks = running.get(id) ?? []
    tasks.push({ taskId: status.id, part, sentBytes })
    running.set(id, tasks)
  }
  await queue.cancel([...useless])
  for (const [id, tasks] of running) post(id, { type: 'reattached', tasks })
  return { statuses, useless }
}
