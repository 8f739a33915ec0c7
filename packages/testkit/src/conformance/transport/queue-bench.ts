import type { BackgroundTransport, PartTask } from '@s3-bg-uploader/core'
import { check } from '../check.ts'
import type { Scope } from '../suite.ts'
import { type Bench, isBackground, type Opened } from './bench.ts'
import { newTaskId } from './queue.ts'

/** A bench whose transport has a queue, with tasks for its file. */
export interface QueueBench<TFile> extends Opened<TFile> {
  readonly transport: BackgroundTransport<TFile>
  readonly queue: BackgroundTransport<TFile>['queue']
  /** A task for the whole file, unless told otherwise. */
  taskFor(url: string, range?: PartTask['range']): PartTask
}

/** What is left in the queue at the end of the case is cancelled. */
export async function queueOf<TFile>(
  bench: Bench<TFile>,
  scope: Scope,
  size = 100_000,
): Promise<QueueBench<TFile>> {
  const opened = await bench.open(size)
  const { transport, source } = opened
  check(isBackground(transport), 'A transport without a queue declares the capability background')
  const { ref } = source
  check(ref !== undefined, 'A source of a background transport has no ref')
  const { queue } = transport
  const ids: string[] = []
  scope.defer(() => queue.cancel(ids))
  return {
    ...opened,
    transport,
    queue,
    taskFor(url, range = { start: 0, end: size }) {
      const id = newTaskId()
      ids.push(id)
      return { id, url, range, ref }
    },
  }
}
