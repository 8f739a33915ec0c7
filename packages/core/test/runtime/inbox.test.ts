import { expect, test } from 'vitest'
import { newInbox } from '../../src/runtime/inbox.ts'

test('what is sent during a delivery waits until all that was sent before it is delivered', () => {
  const log: string[] = []
  const send = newInbox<string>((message) => {
    log.push(`begin ${message}`)
    if (message === 'a') send(['c', 'd'])
    log.push(`end ${message}`)
  })
  send(['a', 'b'])
  send(['e'])
  const order = ['a', 'b', 'c', 'd', 'e']
  expect(log).toEqual(order.flatMap((message) => [`begin ${message}`, `end ${message}`]))
})
