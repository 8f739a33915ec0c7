import { expect, test, vi } from 'vitest'
import { Follower } from '../../src/tabs/follower.ts'
import type { TabMessage, View } from '../../src/tabs/messages.ts'
import { Mirror } from '../../src/tabs/mirror.ts'
import { Requests } from '../../src/tabs/requests.ts'

type Message = TabMessage<unknown>

function follow() {
  const posted: Message[] = []
  const requests = new Requests<unknown>('me')
  const report = (problem: Error): never => expect.unreachable(problem.message)
  const mirror = new Mirror({ requests, leads: () => false, report })
  const onFound = vi.fn()
  const post = (message: Message): void => {
    posted.push(message)
  }
  const follower = new Follower({ tab: 'me', post, mirror, requests, onFound })
  /** The nonces of its hellos. */
  const hellos = (): string[] => posted.flatMap((one) => (one.type === 'hello' ? one.nonce : []))
  return { follower, mirror, requests, posted, hellos, onFound }
}

function viewOf(uploads: number): View<never> {
  const { mirror } = follow()
  const all = { ...mirror.all.getSnapshot(), uploads }
  return { all, transfers: [], uploads: [], removed: [] }
}

test('to a leader that it hears of it says hello once', () => {
  const { follower, mirror, hellos, onFound } = follow()
  follower.sayHello()
  follower.hear({ type: 'leading', leader: 'new' })
  for (const uploads of [1, 2, 3]) {
    follower.hear({ type: 'changed', leader: 'new', view: viewOf(uploads) })
  }
  expect(hellos()).toEqual(['me-1', 'me-2'])
  expect(onFound).not.toHaveBeenCalled()
  // An answer to an earlier hello may be from an earlier leader.
  follower.hear({ type: 'welcome', leader: 'old', nonce: 'me-1', view: viewOf(9) })
  expect(onFound).not.toHaveBeenCalled()
  follower.hear({ type: 'welcome', leader: 'new', nonce: 'me-2', view: viewOf(3) })
  expect(onFound).toHaveBeenCalledTimes(1)
  follower.hear({ type: 'changed', leader: 'new', view: viewOf(4) })
  expect(mirror.all.getSnapshot().uploads).toBe(4)
  expect(hellos()).toHaveLength(2)
})

test('what a dead leader said, and is heard late, costs one hello and changes nothing', () => {
  const { follower, mirror, hellos } = follow()
  follower.sayHello()
  follower.hear({ type: 'welcome', leader: 'new', nonce: 'me-1', view: viewOf(1) })
  follower.hear({ type: 'changed', leader: 'old', view: viewOf(8) })
  follower.hear({ type: 'changed', leader: 'old', view: viewOf(9) })
  expect(hellos()).toHaveLength(2)
  expect(mirror.all.getSnapshot().uploads).toBe(1)
  follower.hear({ type: 'welcome', leader: 'new', nonce: 'me-2', view: viewOf(2) })
  expect(mirror.all.getSnapshot().uploads).toBe(2)
})

test('between two leaders requests wait, and are asked of the next in their order', async () => {
  const { follower, requests, posted } = follow()
  const asked = (leader: string) =>
    posted.flatMap((one) =>
      one.type === 'request' && one.leader === leader
        ? [[one.request.number, one.request.oldest, one.request.again]]
        : [],
    )
  const first = requests.ask({ type: 'all', verb: 'pause' })
  const second = requests.ask({ type: 'all', verb: 'resume' })
  follower.sayHello()
  follower.hear({ type: 'welcome', leader: 'a', nonce: 'me-1', view: viewOf(0) })
  expect(asked('a')).toEqual([
    [1, 1, false],
    [2, 1, false],
  ])
  follower.hear({ type: 'answer', leader: 'a', tab: 'me', number: 1, answer: {} })
  await first
  follower.hear({ type: 'leading', leader: 'b' })
  // Of a leader that is gone.
  follower.hear({ type: 'answer', leader: 'a', tab: 'me', number: 2, answer: {} })
  follower.hear({ type: 'welcome', leader: 'b', nonce: 'me-2', view: viewOf(0) })
  expect(asked('b')).toEqual([[2, 2, true]])
  follower.hear({ type: 'answer', leader: 'b', tab: 'me', number: 2, answer: {} })
  await second
  // Heard twice.
  follower.hear({ type: 'answer', leader: 'b', tab: 'me', number: 2, answer: {} })
})

test('what other tabs say to each other is none of its business', () => {
  const { follower, posted, onFound } = follow()
  follower.hear({ type: 'hello', nonce: 'other-1' })
  follower.hear({ type: 'welcome', leader: 'a', nonce: 'other-1', view: viewOf(5) })
  follower.hear({ type: 'answer', leader: 'a', tab: 'other', number: 1, answer: {} })
  expect(posted).toEqual([])
  expect(onFound).not.toHaveBeenCalled()
})
