import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import type { PartQueue, PartTaskStatus } from '../../src/ports.ts'
import type { NewEvent } from '../../src/runtime/entry.ts'
import { PartTasks } from '../../src/runtime/part-tasks.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const upload = newUpload({
  id: 'u',
  order: 1,
  name: 'a',
  size: 10,
  lastModified: 1,
  transferId: undefined,
  userParams: undefined,
  ref: '"a"',
  createdAt: 1,
})

test('progress is passed on at most 20 times a second for each task', async () => {
  const clock = new VirtualClock()
  const { tasks, events, tell } = bench(clock)
  tasks.subscribe()
  const url = 'http://127.0.0.1/?X-Amz-Signature=secret'
  const put = { type: 'put', generation: 0, url, start: 0, end: 10 } as const
  await tasks.put(upload, { ...put, taskId: 'u/0/1/1', part: 1 })
  await tasks.put(upload, { ...put, taskId: 'u/0/2/2', part: 2 })

  tell({ id: 'u/0/1/1', state: 'running', sentBytes: 1 })
  tell({ id: 'u/0/1/1', state: 'running', sentBytes: 2 })
  tell({ id: 'u/0/2/2', state: 'running', sentBytes: 3 })
  await clock.advance(49)
  tell({ id: 'u/0/1/1', state: 'running', sentBytes: 4 })
  await clock.advance(1)
  tell({ id: 'u/0/1/1', state: 'running', sentBytes: 5 })
  expect(events.map((event) => 'sentBytes' in event && event.sentBytes)).toEqual([1, 3, 5])
})

test.each([
  ['before the queue is listed', 'list'],
  ['after the queue was listed', 'cancel'],
] as const)(
  'an answer that comes %s waits until it is known what is in flight',
  async (_, call) => {
    const answered = {
      id: 'u/0/1/1',
      state: 'answered',
      response: { status: 200, headers: { etag: '"e"' } },
    } as const
    const { tasks, events, tell } = bench(new VirtualClock(), {
      listed: [
        { id: 'u/0/1/1', state: 'running', sentBytes: 3 },
        { id: 'u/0/2/2', state: 'waiting' },
      ],
      on: (name) => name === call && tell(answered),
    })
    tasks.subscribe()
    await tasks.reconcile(() => 0, import('../../src/runtime/earlier-process.ts'))
    expect(events.map(({ type }) => type)).toEqual([
      'reattached',
      'partProgressed',
      'partWaits',
      'partConfirmed',
    ])

    tell({ ...answered, id: 'u/0/2/2' })
    expect(events.at(-1)).toMatchObject({ type: 'partConfirmed', part: 2 })
  },
)

describe('parts that are put in one turn', () => {
  const put = { type: 'put', generation: 0, url: 'http://127.0.0.1/', start: 0, end: 10 } as const
  const putThree = (tasks: PartTasks): Promise<unknown> =>
    Promise.all(
      [1, 2, 3].map((part) => tasks.put(upload, { ...put, taskId: `u/0/${part}/7`, part })),
    )

  test('cross to the queue in one call', async () => {
    const { tasks, enqueued } = bench(new VirtualClock())
    await putThree(tasks)
    expect(enqueued).toEqual([['u/0/1/7', 'u/0/2/7', 'u/0/3/7']])
  })

  test('and cancelled in it never get there', async () => {
    const { tasks, enqueued } = bench(new VirtualClock())
    const putting = putThree(tasks)
    await tasks.cancel(['u/0/1/7', 'u/0/3/7'])
    await putting
    expect(enqueued).toEqual([['u/0/2/7']])
  })

  test('when the uploader is closed in it never get there', async () => {
    const { tasks, enqueued } = bench(new VirtualClock())
    const stop = tasks.subscribe()
    const putting = putThree(tasks)
    stop()
    await putting
    expect(enqueued).toEqual([])
  })

  test('fail together when the queue does not take them', async () => {
    const { tasks, events } = bench(new VirtualClock(), {
      on: (name) => {
        if (name === 'enqueue') throw new Error('the service is gone')
      },
    })
    await putThree(tasks)
    expect(events.map(({ type }) => type)).toEqual(['partFailed', 'partFailed', 'partFailed'])
  })
})

describe('a task of an earlier process that broke', () => {
  const url = 'http://127.0.0.1/?X-Amz-Signature=secret'
  const failureOf = (error: unknown): unknown => {
    const { tasks, events, tell } = bench(new VirtualClock())
    tasks.subscribe()
    tell({ id: 'u/0/1/1', state: 'broken', error })
    const [event] = events
    return event?.type === 'partFailed' ? event.failure : undefined
  }

  test('tells nothing but the name of the error, since nobody knows what is secret of its URL', () => {
    const failure = failureOf(new TypeError(`request to ${url} failed`))
    expect(failure).toMatchObject({ kind: 'exchange', cause: { name: 'TypeError' } })
    expect(inspect(failure)).not.toContain('secret')
  })

  test('tells what the transport says in our words', () => {
    const error = new UploadError('file_not_found', 'a is gone')
    expect(failureOf(error)).toMatchObject({ code: 'file_not_found', cause: error })
  })
})

test('a failed task that the queue cannot forget now is a failed task, and no more', async () => {
  const { tasks, events, tell } = bench(new VirtualClock(), {
    on: (name) => {
      if (name === 'acknowledge') throw new Error('the service is gone')
    },
  })
  tasks.subscribe()
  tell({ id: 'u/0/1/1', state: 'answered', response: { status: 500, headers: {} } })
  // A rejection that nobody handles would fail this run.
  await new Promise((resolve) => setImmediate(resolve))
  expect(events.map(({ type }) => type)).toEqual(['partFailed'])
})

interface Bench {
  readonly tasks: PartTasks
  readonly events: NewEvent[]
  /** The ids of what was enqueued, call by call. */
  readonly enqueued: string[][]
  /** The queue tells this. */
  readonly tell: (status: PartTaskStatus) => void
}

/** A queue that holds `listed` and says `on` which call it is asked for. */
function bench(
  clock: VirtualClock,
  {
    listed = [],
    on = () => {},
  }: {
    readonly listed?: readonly PartTaskStatus[]
    readonly on?: (call: 'enqueue' | 'list' | 'cancel' | 'acknowledge') => void
  } = {},
): Bench {
  const events: NewEvent[] = []
  const enqueued: string[][] = []
  let listener: (status: PartTaskStatus) => void = () => {}
  const queue: PartQueue = {
    enqueue: async (added) => {
      on('enqueue')
      enqueued.push(added.map(({ id }) => id))
    },
    list: async () => {
      on('list')
      return listed
    },
    cancel: async () => {
      on('cancel')
    },
    acknowledge: async () => {
      on('acknowledge')
    },
    subscribe: (added) => {
      listener = added
      return () => {}
    },
  }
  const tasks = new PartTasks({
    queue,
    post: (_, event) => events.push(event),
    draw: () => 0,
    clock,
    etagMode: () => 'unquoted',
    onWindow: () => {},
  })
  return { tasks, events, enqueued, tell: (status) => listener(status) }
}
