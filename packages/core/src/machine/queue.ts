/**
 * A persistent pairing heap: the pure scheduler's queue. Adding is O(1) and taking the first is
 * O(log n) amortised, so that 100,000 queued uploads cost nothing until their turn comes.
 */
export interface Queued {
  readonly id: string
  readonly order: number
}

interface Heap {
  readonly first: Queued
  readonly rest: HeapList | undefined
}

interface HeapList {
  readonly head: Heap
  readonly tail: HeapList | undefined
}

export type Queue = Heap | undefined

export function enqueue(queue: Queue, entry: Queued): Heap {
  return meld({ first: entry, rest: undefined }, queue)
}

export function firstOf(queue: Heap): Queued {
  return queue.first
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
  const [low, high] = a.first.order <= b.first.order ? [a, b] : [b, a]
  return { first: low.first, rest: { head: high, tail: low.rest } }
}
