/** Does something with `size` items at a time, one time after the other. */
export async function eachChunk<T, R>(
  items: readonly T[],
  size: number,
  work: (chunk: T[]) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += size) {
    results.push(await work(items.slice(from, from + size)))
  }
  return results
}
