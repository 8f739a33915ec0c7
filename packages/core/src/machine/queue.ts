/**
 * A persistent pairing heap: the pure scheduler's queue. Adding is O(1) and taking the first is
 * O(log n) amortised, so that 100,000 queued uploads cost nothing until their turn comes.
 */
export interface Queued {
  readonly id: string
  readonly order: number
}

interface Heap extends Queued {
  readonly rest: HeapList | undefined
}

interface HeapList {
  readonly head: Heap
  readonly tail: HeapList | undefined
}

export type Queue = Heap | undefined

export function enqueue(queue: Queue, { id, order }: Queued): Heap {
  return meld({ id, order, rest: undefined }, queue)
}

export function firstOf(queue: Heap): Queued {
  const { id, order } = queue
  return { id, order }
}

export function withoutFirst(queue: Heap): Queue {
  // Two passes, as loops: a recursion would overflow the stack on a long list.
  const pairs: Heap[] = []
  for (let list = queue.rest; list !== undefined; list = list.tail?.tail) {
    pairs.push(meld(list.head, list.tail?.head))
  }
  let merged: Queue
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) merged = meld(pair, merged)
  return merged
}

function meld(a: Heap, b: Queue): Heap {
  if (b === undefined) return a
  const [low, high] = a.order <= b.order ? [a, b] : [b, a]
  const { id, order, rest } = low
  return { id, order, rest: { head: high, tail: rest } }
}
