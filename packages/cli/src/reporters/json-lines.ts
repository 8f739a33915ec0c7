import { errorToJson } from '../describe-error.ts'
import type { Io } from '../io.ts'
import { exitCodeOf } from '../summary.ts'
import type { Reporter, TrackedFile } from './reporter.ts'

/** Shortest time between two lines about the progress of one file, in milliseconds. */
const INTERVAL = 250

/** One JSON object a line, for programs. */
export function jsonLinesReporter({ stdout, now }: Pick<Io, 'stdout' | 'now'>): Reporter {
  const last = new Map<TrackedFile, { readonly at: number; readonly stage: string }>()

  function write(file: TrackedFile): void {
    stdout.write(`${JSON.stringify(uploadLine(file))}\n`)
  }

  return {
    changed(file) {
      const { status, waitingFor } = file.snapshot
      const stage = `${status} ${waitingFor?.reason}`
      const before = last.get(file)
      const at = now()
      if (before !== undefined && before.stage === stage && at - before.at < INTERVAL) return
      last.set(file, { at, stage })
      write(file)
    },
    finished(file) {
      last.delete(file)
      write(file)
    },
    problem(error) {
      stdout.write(`${JSON.stringify({ type: 'problem', error: errorToJson(error) })}\n`)
    },
    stop() {},
    summary(summary) {
      const line = { type: 'summary', ...summary, exitCode: exitCodeOf(summary) }
      stdout.write(`${JSON.stringify(line)}\n`)
    },
  }
}

function uploadLine({ path, snapshot }: TrackedFile): Record<string, unknown> {
  const { id, error, ...rest } = snapshot
  return {
    type: 'upload',
    file: path,
    // A file that could not be opened, or was not reached, is no upload.
    id: id === '' ? null : id,
    ...rest,
    ...(error === undefined ? {} : { error: errorToJson(error) }),
  }
}
