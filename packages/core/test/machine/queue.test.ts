import fc from 'fast-check'
import { expect, test } from 'vitest'
import { enqueue, firstOf, type Queue, withoutFirst } from '../../src/machine/queue.ts'
import { deepFreeze } from './deep-freeze.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

function drain(queue: Queue): number[] {
  const orders: number[] = []
  for (let rest = queue; rest !== undefined; rest = withoutFirst(rest)) {
    orders.push(firstOf(rest).order)
  }
  return orders
}

function filled(orders: readonly number[]): Queue {
  return orders.reduce<Queue>(
    (queue, order) => enqueue(queue, { id: `${order}`, order }),
    undefined,
  )
}

test('it behaves like an array that is kept sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 50 }), { freq: 3 })), (steps) => {
      let queue: Queue
      const model: number[] = []
      for (const order of steps) {
        if (order !== null) {
          queue = deepFreeze(enqueue(queue, { id: `${order}`, order }))
          model.push(order)
          model.sort((a, b) => a - b)
        } else if (queue !== undefined) {
          expect(firstOf(queue).order).toBe(model.shift())
          queue = deepFreeze(withoutFirst(queue))
        }
      }
      expect(drain(queue)).toEqual(model)
    }),
  )
})

test('an older queue stays as it was', () => {
  const queue = filled([3, 1, 2])
  if (queue === undefined) throw new Error('the queue is empty')
  withoutFirst(queue)
  enqueue(queue, { id: '0', order: 0 })
  expect(drain(queue)).toEqual([1, 2, 3])
})

const COUNT = 100_000
test.each([
  ['ascending', (n: number) => n],
  ['descending', (n: number) => COUNT - 1 - n],
  // A prime step visits every place once.
  ['scattered', (n: number) => (n * 7919) % COUNT],
])('100,000 entries that come %s leave in order, without a deep stack', (_, order) => {
  const orders = drain(filled(Array.from({ length: COUNT }, (_, n) => order(n))))
  expect(orders).toHaveLength(COUNT)
  // A comparison of two arrays of this size takes longer than all else.
  expect(orders.findIndex((order, n) => order !== n)).toBe(-1)
})
