import type { Browser, Page } from 'playwright-core'

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string }
  /** Microseconds of CPU that the thread used. */
  readonly tdur?: number
}

/**
 * Does some work, and tells how many milliseconds of CPU each task of the renderers' main threads
 * took meanwhile: unlike the time that passed, that does not depend on what else the machine does.
 */
export async function tasksDuring<T>(
  browser: Browser,
  page: Page,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly tasks: readonly number[] }> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'], screenshots: false })
  const result = await work()
  const trace = await browser.stopTracing()
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && mainThreads.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
  return { result, tasks }
}
