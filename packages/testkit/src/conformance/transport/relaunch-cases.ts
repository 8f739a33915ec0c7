import type { BackgroundTransport } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual } from '../check.ts'
import type { Scope, Suite } from '../suite.ts'
import { benchCases, isBackground } from './bench.ts'
import type { TransportConformance } from './options.ts'
import { statusOf, untilFinished } from './queue.ts'
import { queueOf } from './queue-bench.ts'

/** What a queue still knows after the process died. */
export function relaunchCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite.when(options.relaunch !== undefined, 'relaunch'), options)

  it('§5 a task that runs when the process dies is finished and listed after it', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const task = before.taskFor(lane.url)
    await before.queue.enqueue([task])
    await lane.until('headers')
    const { queue } = await relaunch(options, scope, before.transport)
    const known = await statusOf(queue, task.id)
    check(known !== undefined, 'The queue has forgotten a running task')
    await lane.release()
    checkEqual((await untilFinished(queue, task.id)).state, 'answered', 'state')
    const last = (await lane.received()).map(({ complete }) => complete).lastIndexOf(true)
    checkBytes(await lane.body(last), before.bytes, 'the part')
  })

  it('§5 a task is recorded once enqueue resolves, though the process dies at once', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const task = before.taskFor((await bench.lane()).url)
    await before.queue.enqueue([task])
    const { queue } = await relaunch(options, scope, before.transport)
    checkEqual((await untilFinished(queue, task.id)).state, 'answered', 'state')
  })

  it('§5 a result that was not acknowledged is listed after the process died, with its ETag', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'answer', status: 200, headers: { ETag: '"kept"' } })
    const task = before.taskFor(lane.url)
    await before.queue.enqueue([task])
    const told = await untilFinished(before.queue, task.id)
    const { queue } = await relaunch(options, scope, before.transport)
    checkEqual(await statusOf(queue, task.id), told, 'the result')
    await queue.acknowledge([task.id])
    checkEqual(await statusOf(queue, task.id), undefined, 'the task after it was acknowledged')
  })

  it('§5 a task that is enqueued again after the process died is still sent once', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const lane = await bench.lane()
    const task = before.taskFor(lane.url)
    await before.queue.enqueue([task])
    await untilFinished(before.queue, task.id)
    const { queue } = await relaunch(options, scope, before.transport)
    await queue.enqueue([task])
    await untilFinished(queue, task.id)
    checkEqual((await lane.received()).length, 1, 'the number of requests')
  })

  it('§5 what was acknowledged or cancelled does not come back', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const acknowledged = before.taskFor((await bench.lane()).url)
    const stalling = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const cancelled = before.taskFor(stalling.url)
    await before.queue.enqueue([acknowledged, cancelled])
    await untilFinished(before.queue, acknowledged.id)
    await before.queue.acknowledge([acknowledged.id])
    await before.queue.cancel([cancelled.id])
    const { queue } = await relaunch(options, scope, before.transport)
    checkEqual(await queue.list(), [], 'the tasks')
  })

  it('§6.8 a task can be cancelled after the process died', async (bench, scope) => {
    const before = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const task = before.taskFor(lane.url)
    await before.queue.enqueue([task])
    await lane.until('headers')
    const { queue } = await relaunch(options, scope, before.transport)
    await queue.cancel([task.id])
    checkEqual(await queue.list(), [], 'the tasks')
  })
}

async function relaunch<TFile>(
  options: TransportConformance<TFile>,
  scope: Scope,
  transport: BackgroundTransport<TFile>,
): Promise<BackgroundTransport<TFile>> {
  const next = await options.relaunch?.(transport)
  check(next && isBackground(next), 'relaunch() gave no background transport')
  scope.defer(() => next.close?.())
  return next
}
