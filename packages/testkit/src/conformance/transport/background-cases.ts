import { isUploadError, type PartTaskStatus } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'
import { newTaskId, statusOf, untilFinished } from './queue.ts'
import { queueOf } from './queue-bench.ts'
import { relaunchCases } from './relaunch-cases.ts'

export function backgroundCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const background = suite.when(options.capabilities.background, 'background')
  const it = benchCases(background, options)

  it('§5 a task that was answered is listed until it is acknowledged', async (bench, scope) => {
    const { queue, taskFor, bytes } = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'answer', status: 200, headers: { ETag: '"bg"' } })
    const task = taskFor(lane.url)
    await queue.enqueue([task])
    const status = await untilFinished(queue, task.id)
    check(status.state === 'answered', `The task is ${status.state}`)
    checkEqual(status.response.status, 200, 'status')
    checkBytes(await lane.body(), bytes, 'the part')
    checkEqual((await untilFinished(queue, task.id)).state, 'answered', 'the state, asked again')
    await queue.acknowledge([task.id])
    checkEqual(await statusOf(queue, task.id), undefined, 'the task after it was acknowledged')
  })

  it('§5 a status survives JSON', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const stalled = taskFor((await bench.lane({ kind: 'stall', reading: 'nothing' })).url)
    const answered = taskFor((await bench.lane()).url)
    await queue.enqueue([stalled, answered])
    await untilFinished(queue, answered.id)
    for (const status of await queue.list()) {
      checkEqual(JSON.parse(JSON.stringify(status)), status, 'the status after JSON')
      checkStatus(status)
    }
  })

  it('§5 a refusal is an answer, not a broken exchange', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const task = taskFor((await bench.lane({ kind: 'answer', status: 403, body: '<Error/>' })).url)
    await queue.enqueue([task])
    const status = await untilFinished(queue, task.id)
    check(status.state === 'answered', `The task is ${status.state}`)
    checkEqual(status.response.status, 403, 'status')
  })

  it('§5 a broken exchange is listed until it is acknowledged', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const task = taskFor((await bench.lane({ kind: 'break', at: 'body', how: 'reset' })).url)
    await queue.enqueue([task])
    checkEqual((await untilFinished(queue, task.id)).state, 'broken', 'state')
    checkEqual((await untilFinished(queue, task.id)).state, 'broken', 'the state, asked again')
    await queue.acknowledge([task.id])
    checkEqual(await statusOf(queue, task.id), undefined, 'the task after it was acknowledged')
  })

  it('§5 a task that is enqueued twice is sent once: in one call, at once, and later', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const task = taskFor(lane.url)
    await Promise.all([queue.enqueue([task, task]), queue.enqueue([task])])
    await lane.until('headers')
    await queue.enqueue([task])
    await lane.release()
    await untilFinished(queue, task.id)
    await queue.enqueue([task])
    checkEqual((await untilFinished(queue, task.id)).state, 'answered', 'state')
    checkEqual((await lane.received()).length, 1, 'the number of requests')
  })

  it('§5 a known id among new ones leaves it alone and takes the new ones', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const [lane, other] = [await bench.lane(), await bench.lane()]
    const [known, fresh] = [taskFor(lane.url), taskFor(other.url)]
    await queue.enqueue([known])
    await untilFinished(queue, known.id)
    await queue.enqueue([known, fresh])
    checkEqual((await untilFinished(queue, fresh.id)).state, 'answered', 'state of the new task')
    checkEqual((await lane.received()).length, 1, 'the number of requests of the known task')
  })

  it('§5 a cancelled task stops and is forgotten', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope, 16 * 1024 * 1024)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const task = taskFor(lane.url)
    await queue.enqueue([task])
    await lane.until('headers')
    await queue.cancel([task.id])
    checkEqual(await statusOf(queue, task.id), undefined, 'the cancelled task')
    await lane.until('closed')
    checkEqual((await lane.received())[0]?.complete, false, 'whether the part is complete')
    checkEqual(await statusOf(queue, task.id), undefined, 'the cancelled task, later')
  })

  it('§5 a finished task can be cancelled too: it is forgotten', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const task = taskFor((await bench.lane()).url)
    await queue.enqueue([task])
    await untilFinished(queue, task.id)
    await queue.cancel([task.id])
    checkEqual(await statusOf(queue, task.id), undefined, 'the cancelled task')
  })

  it('§5 cancelling one task leaves the others', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const stalled = taskFor((await bench.lane({ kind: 'stall', reading: 'nothing' })).url)
    const other = taskFor(lane.url)
    await queue.enqueue([stalled, other])
    await queue.cancel([stalled.id])
    await lane.release()
    checkEqual((await untilFinished(queue, other.id)).state, 'answered', 'state')
  })

  it('§5 acknowledging one task leaves the others', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const lane = await bench.lane()
    const [first, second] = [taskFor(lane.url), taskFor(lane.url)]
    await queue.enqueue([first, second])
    await untilFinished(queue, first.id)
    await untilFinished(queue, second.id)
    await queue.acknowledge([first.id])
    checkEqual(
      (await queue.list()).map(({ id }) => id),
      [second.id],
      'the tasks that are left',
    )
  })

  it('§5 unknown ids and empty lists are ignored', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    await queue.enqueue([])
    await queue.cancel([])
    await queue.acknowledge([])
    await queue.cancel([newTaskId()])
    await queue.acknowledge([newTaskId()])
    checkEqual(await queue.list(), [], 'the tasks')
    const task = taskFor((await bench.lane()).url)
    await queue.enqueue([task])
    await untilFinished(queue, task.id)
    await queue.cancel([newTaskId()])
    await queue.acknowledge([newTaskId()])
    checkEqual((await statusOf(queue, task.id))?.state, 'answered', 'the state of a known task')
  })

  it('§5 a task is listed as soon as enqueue resolves, and told truly', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const tasks = Array.from({ length: 5 }, () => taskFor(lane.url))
    await queue.enqueue(tasks)
    const listed = await queue.list()
    checkEqual(listed.map(({ id }) => id).sort(), tasks.map(({ id }) => id).sort(), 'the ids')
    for (const status of listed) {
      checkStatus(status)
      check(
        status.state === 'waiting' || status.state === 'running',
        `A task of a server that stalls is ${status.state}`,
      )
    }
  })

  it('§5 100 tasks at once are all sent, with the right bytes each', async (bench, scope) => {
    const { queue, taskFor, bytes } = await queueOf(bench, scope, 1_000_000)
    const lane = await bench.lane()
    const tasks = Array.from({ length: 100 }, (_, part) => {
      const range = { start: part * 10_000, end: (part + 1) * 10_000 }
      return taskFor(lane.at(`part?n=${part}`), range)
    })
    await queue.enqueue(tasks)
    for (const { id } of tasks) {
      checkEqual((await untilFinished(queue, id)).state, 'answered', 'state')
    }
    const received = await lane.received()
    checkEqual(received.length, 100, 'the number of requests')
    for (const [index, { target }] of received.entries()) {
      const part = Number(target.split('?n=')[1])
      const expected = bytes.subarray(part * 10_000, (part + 1) * 10_000)
      checkBytes(await lane.body(index), expected, `part ${part}`)
    }
  })

  it('§5 a window takes one part at least, and is told in whole numbers', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const task = taskFor((await bench.lane({ kind: 'stall', reading: 'nothing' })).url)
    for (const tasks of [[], [task]]) {
      await queue.enqueue(tasks)
      const window = await queue.window?.()
      if (window === undefined) return
      check(
        Number.isSafeInteger(window.tasks) && window.tasks >= 1,
        `The window takes ${window.tasks} tasks`,
      )
      check(
        window.bytes === Number.POSITIVE_INFINITY ||
          (Number.isSafeInteger(window.bytes) && window.bytes >= 0),
        `The window takes ${window.bytes} bytes`,
      )
    }
  })

  it('§5 events are of known tasks and as listed; who unsubscribes hears no more', async (bench, scope) => {
    const { queue, taskFor } = await queueOf(bench, scope)
    const heard: PartTaskStatus[] = []
    const deaf: PartTaskStatus[] = []
    queue.subscribe((status) => deaf.push(status))()
    scope.defer(queue.subscribe((status) => heard.push(status)))
    const task = taskFor((await bench.lane()).url)
    await queue.enqueue([task])
    await untilFinished(queue, task.id)
    for (const status of heard) {
      checkEqual(status.id, task.id, 'the id of an event')
      checkStatus(status)
    }
    checkEqual(deaf, [], 'what was heard after unsubscribing')
  })

  const changing = benchCases(
    background.when(!options.limits?.immutableFiles, 'files that change'),
    options,
  )
  changing(
    '§6.6 a file that changed before its task was begun is never completed',
    async (bench, scope) => {
      const { queue, taskFor, test, bytes } = await queueOf(bench, scope)
      const lane = await bench.lane()
      await test.change?.(bytes.map((byte) => byte ^ 0xff))
      const task = taskFor(lane.url)
      await queue.enqueue([task])
      const status = await untilFinished(queue, task.id)
      check(status.state === 'broken', `The task is ${status.state}`)
      const { error } = status
      check(
        isUploadError(error) && error.code === 'source_changed',
        `It broke with ${String(error)}`,
      )
    },
  )

  relaunchCases(background, options)
}

function checkStatus(status: PartTaskStatus): void {
  const { state } = status
  switch (state) {
    case 'waiting':
    case 'broken':
      return
    case 'running':
      check(
        Number.isInteger(status.sentBytes) && status.sentBytes >= 0,
        `A running task has sent ${status.sentBytes} bytes`,
      )
      return
    case 'answered':
      checkEqual(typeof status.response.status, 'number', 'the type of the status of an answer')
      return
    default:
      throw new Error(`There is no state ${String(state satisfies never)}`)
  }
}
