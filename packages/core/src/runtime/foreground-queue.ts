import pLimit from 'p-limit'
import type { ForegroundSource, PartQueue, PartTask, PartTaskStatus } from '../ports.ts'

/**
 * Lifts a foreground transport to the shape of a background one, so that the machine has one path.
 * Its results are told once and not kept: when the process dies there is nothing left to list.
 */
export function foregroundQueue(options: {
  readonly sourceOf: (task: PartTask) => ForegroundSource | undefined
  /** The hard cap: PUTs at the same time. */
  readonly concurrency: number
}): PartQueue {
  const limit = pLimit(options.concurrency)
  const running = new Map<string, { readonly abort: AbortController; sentBytes: number }>()
  const listeners = new Set<(status: PartTaskStatus) => void>()
  const tell = (status: PartTaskStatus): void => {
    for (const listener of listeners) listener(status)
  }

  const run = async (task: PartTask): Promise<void> => {
    const { id, url, range } = task
    const entry = running.get(id)
    if (entry === undefined) return
    const onProgress = (sentBytes: number): void => {
      entry.sentBytes = sentBytes
      if (running.has(id)) tell({ id, state: 'running', sentBytes })
    }
    let status: PartTaskStatus
    try {
      const source = options.sourceOf(task)
      if (source === undefined) throw new Error('The file is not open')
      const { signal } = entry.abort
      const response = await source.put({ url, range, signal, onProgress })
      status = { id, state: 'answered', response }
    } catch (error) {
      status = { id, state: 'broken', error }
    }
    // Whoever cancelled it does not want to hear of it again.
    if (running.delete(id)) tell(status)
  }

  return {
    async enqueue(tasks) {
      for (const task of tasks) {
        if (running.has(task.id)) continue
        running.set(task.id, { abort: new AbortController(), sentBytes: 0 })
        void limit(run, task)
      }
    },
    list: async () =>
      [...running].map(([id, { sentBytes }]) => ({ id, state: 'running', sentBytes })),
    async cancel(ids) {
      for (const id of ids) {
        const entry = running.get(id)
        running.delete(id)
        entry?.abort.abort()
      }
    },
    acknowledge: async () => {},
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
