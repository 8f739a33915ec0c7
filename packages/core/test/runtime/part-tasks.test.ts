import { expect, test } from 'vitest'
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
  const events: NewEvent[] = []
  let tell: (status: PartTaskStatus) => void = () => {}
  const queue: PartQueue = {
    enqueue: async () => {},
    list: async () => [],
    cancel: async () => {},
    acknowledge: async () => {},
    subscribe: (listener) => {
      tell = listener
      return () => {}
    },
  }
  const tasks = new PartTasks({
    queue,
    post: (_, event) => events.push(event),
    draw: () => 0,
    clock,
    etagMode: () => 'unquoted',
  })
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
