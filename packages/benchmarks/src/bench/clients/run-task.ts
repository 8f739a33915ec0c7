import { meterHeap } from '../heap-meter.ts'
import { peakMemory } from '../peak-memory.ts'
import type { OwnFigures, Task } from '../task.ts'

/**
 * Does the task of this process, tells what that took, and ends the process.
 *
 * @param metered what to count besides: it costs a little CPU time.
 */
export async function runTask(
  work: (task: Task) => Promise<void>,
  metered?: 'heap',
): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as Task
  // Whoever asked has gone, and the server with it: there is nothing to go on for.
  process.once('disconnect', () => process.exit(1))
  const heapFigures = metered === 'heap' ? meterHeap() : undefined
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work(task)
  const wallMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const figures: OwnFigures = {
    wallMs,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    workCpuSeconds: (user + system) / 1e6,
    // On Linux maxRSS remembers what the parent had before exec.
    peakBytes: peakMemory(process.pid) ?? maxRSS * 1024,
    ...(heapFigures === undefined ? {} : { heap: heapFigures() }),
  }
  // Idle connections would keep some of the clients.
  process.send?.(figures, () => process.exit())
}
