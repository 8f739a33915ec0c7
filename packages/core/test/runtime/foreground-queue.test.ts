import { describe, expect, test } from 'vitest'
import type {
  ForegroundSource,
  PartTask,
  PartTaskStatus,
  PutRequest,
  PutResponse,
} from '../../src/ports.ts'
import { foregroundQueue } from '../../src/runtime/foreground-queue.ts'
import { forbidUnhandledRejections } from '../support/world.ts'

forbidUnhandledRejections()

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const task = (id: string): PartTask => ({
  id,
  url: `https://s3.test/${id}?X-Amz-Signature=f00dfeedf00dfeed`,
  range: { start: 0, end: 4 },
  ref: null,
})

interface Running {
  readonly request: PutRequest
  resolve(response: PutResponse): void
  reject(error: unknown): void
}

/** A queue over a source whose PUTs end when the test says so. */
function world(concurrency = 2) {
  const puts: Running[] = []
  const heard: PartTaskStatus[] = []
  const source = {
    put: (request: PutRequest) =>
      new Promise<PutResponse>((resolve, reject) => puts.push({ request, resolve, reject })),
  } as ForegroundSource
  const queue = foregroundQueue({
    concurrency,
    sourceOf: ({ id }) => (id.startsWith('closed') ? undefined : source),
  })
  const stop = queue.subscribe((status) => heard.push(status))
  return { puts, heard, queue, stop }
}

const created: PutResponse = { status: 200, headers: { etag: '"a"' } }

describe('the lifted queue', () => {
  test('sends every task as it is, and tells what was answered', async () => {
    const { puts, heard, queue } = world()
    await queue.enqueue([task('a'), task('b')])
    await settle()
    expect(puts.map(({ request }) => request.url)).toEqual([task('a').url, task('b').url])
    expect(puts[0]?.request.range).toEqual({ start: 0, end: 4 })
    puts[1]?.resolve({ status: 403, headers: {} })
    puts[0]?.resolve(created)
    await settle()
    expect(heard).toEqual([
      { id: 'b', state: 'answered', response: { status: 403, headers: {} } },
      { id: 'a', state: 'answered', response: created },
    ])
    expect(await queue.list()).toEqual([])
  })

  test('sends no more at once than it may, also when the source does not heed the abort', async () => {
    const { puts, queue } = world(2)
    await queue.enqueue(['a', 'b', 'c', 'd'].map(task))
    await settle()
    expect(puts).toHaveLength(2)
    await queue.cancel(['a', 'b'])
    await settle()
    expect(puts.map(({ request }) => request.signal.aborted)).toEqual([true, true])
    expect(puts).toHaveLength(2)
    puts[0]?.resolve(created)
    await settle()
    expect(puts).toHaveLength(3)
    puts[1]?.reject(new Error('aborted'))
    await settle()
    expect(puts).toHaveLength(4)
  })

  test('sends a task once, however often it is enqueued', async () => {
    const { puts, queue } = world(4)
    await queue.enqueue([task('a'), task('a')])
    await queue.enqueue([task('a'), task('b')])
    await settle()
    expect((await queue.list()).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(puts.map(({ request }) => request.url)).toEqual([task('a').url, task('b').url])
  })

  test('never begins a task that was cancelled while it waited', async () => {
    const { puts, heard, queue } = world(1)
    await queue.enqueue([task('a'), task('b'), task('c')])
    await queue.cancel(['b', 'nobody'])
    puts[0]?.resolve(created)
    await settle()
    expect(puts.map(({ request }) => request.url)).toEqual([task('a').url, task('c').url])
    expect(heard.map(({ id }) => id)).toEqual(['a'])
  })

  test('tells progress, but nothing of what was cancelled', async () => {
    const { puts, heard, queue } = world()
    await queue.enqueue([task('a')])
    await settle()
    puts[0]?.request.onProgress(2)
    expect(heard).toEqual([{ id: 'a', state: 'running', sentBytes: 2 }])
    expect(await queue.list()).toEqual([{ id: 'a', state: 'running', sentBytes: 2 }])
    await queue.cancel(['a'])
    puts[0]?.request.onProgress(3)
    puts[0]?.resolve(created)
    await settle()
    expect(heard).toHaveLength(1)
  })

  test('tells what broke', async () => {
    const { puts, heard, queue } = world()
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    await queue.enqueue([task('a')])
    await settle()
    puts[0]?.reject(reset)
    await settle()
    expect(heard).toEqual([{ id: 'a', state: 'broken', error: reset }])
  })

  test('breaks a task whose file is closed, and one whose source throws at once', async () => {
    const { heard, queue } = world()
    await queue.enqueue([task('closed')])
    await settle()
    expect(heard).toMatchObject([{ id: 'closed', state: 'broken' }])
  })

  test('tells nobody who unsubscribed', async () => {
    const { puts, heard, queue, stop } = world()
    await queue.enqueue([task('a')])
    await settle()
    stop()
    puts[0]?.resolve(created)
    await settle()
    await queue.acknowledge(['a', 'nobody'])
    expect(heard).toEqual([])
  })
})
