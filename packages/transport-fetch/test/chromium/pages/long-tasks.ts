/** Counts what blocks the main thread for more than 50 ms, from now on. */
export function watchLongTasks(): () => readonly number[] {
  const durations: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) durations.push(Math.round(duration))
  })
  observer.observe({ type: 'longtask' })
  return () => {
    for (const { duration } of observer.takeRecords()) durations.push(Math.round(duration))
    return durations
  }
}
