import { GCProfiler, getHeapStatistics } from 'node:v8'

/** What JavaScript took from its heap. */
export interface HeapFigures {
  readonly allocatedBytes: number
  readonly collections: number
  /** In which nothing else ran. */
  readonly pausedMs: number
}

interface Collection {
  /** Microseconds. */
  readonly cost: number
  readonly beforeGC: { readonly heapStatistics: { readonly usedHeapSize: number } }
  readonly afterGC: { readonly heapStatistics: { readonly usedHeapSize: number } }
}

/** Counts from now on. @returns what ends that, and tells. */
export function meterHeap(): () => HeapFigures {
  const profiler = new GCProfiler()
  const usedAtFirst = getHeapStatistics().used_heap_size
  profiler.start()
  return () => {
    const usedAtLast = getHeapStatistics().used_heap_size
    const { statistics } = profiler.stop() as { readonly statistics: readonly Collection[] }
    return {
      allocatedBytes: allocatedBetween(usedAtFirst, statistics, usedAtLast),
      collections: statistics.length,
      pausedMs: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1000,
    }
  }
}

/** What the heap grew by between collections: all that was allocated, whether it is used or not. */
export function allocatedBetween(
  usedAtFirst: number,
  collections: readonly Collection[],
  usedAtLast: number,
): number {
  let bytes = 0
  let used = usedAtFirst
  for (const { beforeGC, afterGC } of collections) {
    bytes += beforeGC.heapStatistics.usedHeapSize - used
    used = afterGC.heapStatistics.usedHeapSize
  }
  return bytes + usedAtLast - used
}
