/**
 * A persistent pairing heap: the pure scheduler's queue. Adding is O(1) and taking the first is
 * O(log n) amortised, so that 100,000 queued uploads cost nothing until their turn comes.
 */
export interface Queued {
  readonly id: string
  readonly order: number
}

interface Heap extends Queued {
  /** The first of those that come after this one. */
  readonly child: Heap | undefined
  /** Its sibling. */
  readonly next: Heap | undefined
}

export type Queue = Heap | undefined

export function enqueue(queue: Queue, { id, order }: Queued): Heap {
  return meld({ id, order, child: undefined, next: undefined }, queue)
}

export function firstOf(queue: Heap): Queued {
  const { id, order } = queue
  return { id, order }
}

export function withoutFirst(queue: Heap): Queue {
  // Two passes, as loops: a recursion would overflow the stack on a long list.
  const pairs: Heap[] = []
  for (let heap = queue.child; heap !== undefined; heap = heap.next?.next) {
    pairs.push(meld(heap, heap.next))
  }
  let merged: Queue
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) merged = meld(pair, merged)
  return merged
}

/** One heap of two, whatever their siblings are. */
function meld(a: Heap, b: Queue): Heap {
  if (b === undefined) return { ...a, next: undefined }
  const [low, high] = a.order <= b.order ? [a, b] : [b, a]
  return { ...low, child: { ...high, next: low.child }, next: undefined }
}
