import { messageOf } from '../describe-error.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { formatBytes } from '../quantities.ts'
import type { Reporter, TrackedFile } from './reporter.ts'
import { paceText, percentageOf, waitingText } from './status-text.ts'
import { summaryText } from './summary-text.ts'

/** Progress is told every tenth of a file, and after this many milliseconds in between. */
const INTERVAL = 5000

interface Told {
  /** What was last told: a status, or a reason to wait. */
  readonly stage: string
  readonly tenth: number
  readonly at: number
}

/** Plain lines, for logs. Without a timer: nothing is told while nothing happens. */
export function linesReporter({
  stdout,
  now,
  wall,
}: Pick<Io, 'stdout' | 'now' | 'wall'>): Reporter {
  const told = new Map<TrackedFile, Told>()

  function say(verb: string, { path }: TrackedFile, details = ''): void {
    stdout.write(`${verb.padEnd(10)} ${printable(path)}${details}\n`)
  }

  return {
    changed(file) {
      const { snapshot } = file
      const { status } = snapshot
      if (status === 'queued') return
      if (!told.has(file)) say('started', file, ` (${formatBytes(snapshot.totalBytes)})`)

      const percentage = Math.floor(percentageOf(snapshot))
      // Waiting for a slot is the normal state of a long queue, not news.
      const waiting = snapshot.waitingFor?.reason === 'slot' ? undefined : snapshot.waitingFor
      const stage = waiting === undefined ? status : `${status}, ${waiting.reason}`
      const at = now()
      const next: Told = { stage, tenth: Math.floor(percentage / 10), at }
      const before = told.get(file)
      if (before === undefined || before.stage !== stage) {
        told.set(file, next)
        const why = waiting === undefined ? undefined : waitingText(snapshot, wall())
        if (why !== undefined) say('waiting', file, `: ${why}`)
        return
      }
      if (status !== 'uploading' && status !== 'hashing') return
      // Hashing is quick: only a huge file takes long enough to be told about.
      // All sent is as good as completed, which is told anyway.
      const sameTenth = status === 'hashing' || before.tenth === next.tenth || percentage === 99
      if (sameTenth && at - before.at < INTERVAL) return
      told.set(file, next)
      const pace = status === 'uploading' ? paceText(snapshot).trim() : ''
      say(status, file, ` ${percentage}%${pace === '' ? '' : `  ${pace}`}`)
    },
    finished(file) {
      const { status, totalBytes, error, percentage } = file.snapshot
      told.delete(file)
      if (status === 'completed') say('completed', file, ` (${formatBytes(totalBytes)})`)
      else if (status === 'failed') say('failed', file, `: ${messageOf(error)}`)
      else say('unfinished', file, percentage > 0 ? ` (${Math.floor(percentage)}%)` : '')
    },
    problem(error) {
      stdout.write(`${'warning'.padEnd(10)} ${messageOf(error)}\n`)
    },
    stop() {},
    summary(summary) {
      stdout.write(`${summaryText(summary)}\n`)
    },
  }
}
