import type { AggregateSnapshot } from '@s3-bg-uploader/core'
import type { Options, Params, SingleBar } from 'cli-progress'
import cliProgress from 'cli-progress'
import { messageOf } from '../describe-error.ts'
import type { Io } from '../io.ts'
import { fitMiddle, printable } from '../printable.ts'
import { formatBytes } from '../quantities.ts'
import { styleOf } from '../terminal.ts'
import type { Reporter, TrackedFile } from './reporter.ts'
import { MAX_BAR, rowLayout } from './row-layout.ts'
import { paceText, percentageOf, statusText } from './status-text.ts'
import { summaryText } from './summary-text.ts'

const MAX_ROWS = 8
const MAX_UNFINISHED = 20
/** Divides the done part of a bar from the rest, so that each gets its own colour. */
const GLUE = '\0'

/** Files whose bytes are on their way are coloured, the others dimmed; the total is neither. */
type Tone = 'moving' | 'resting' | 'total'

/** One line of the screen below the finished files. */
type Row =
  | { readonly kind: 'blank' }
  | { readonly kind: 'more'; readonly count: number }
  | {
      readonly kind: 'bar'
      readonly name: string
      readonly note: string
      readonly percentage: number
      readonly tone: Tone
    }

const BLANK: Row = { kind: 'blank' }

export interface BarsOptions {
  /** How many files were given. */
  readonly count: number
  /** The sums over all files. */
  readonly total: () => Pick<AggregateSnapshot, 'percentage' | 'speed' | 'eta'>
}

/**
 * Bars that are redrawn in place, for people: finished files scroll away above, the active ones and
 * the total stay below. The number of rows is bounded, so that thousands of files fit any screen.
 */
export function barsReporter(
  { stdout, env, wall }: Pick<Io, 'stdout' | 'env' | 'wall'>,
  { count, total }: BarsOptions,
): Reporter {
  const style = styleOf(stdout, env)
  const { symbols } = style
  const active = new Set<TrackedFile>()
  const bars: SingleBar[] = []
  let finished = 0
  let unfinished = 0

  const multibar = new cliProgress.MultiBar({
    stream: stdout,
    format: formatRow,
    fps: 10,
    barsize: MAX_BAR,
    barCompleteChar: symbols.barDone,
    barIncompleteChar: symbols.barLeft,
    barGlue: GLUE,
    hideCursor: true,
    clearOnComplete: true,
    // Logged lines push the bars down, so each frame writes every row again.
    forceRedraw: true,
  })
  // One frame, one write: without this a slow terminal shows half-drawn rows.
  multibar.on('update-pre', () => {
    cork()
    refresh()
  })
  multibar.on('update-post', uncork)
  refresh()

  function cork(): void {
    if ('cork' in stdout && typeof stdout.cork === 'function') stdout.cork()
  }

  function uncork(): void {
    if ('uncork' in stdout && typeof stdout.uncork === 'function') stdout.uncork()
  }

  function refresh(): void {
    const rows = currentRows()
    // The library cannot take a row away without drawing, so rows that are not needed stay blank.
    // It draws nothing before there is a first one.
    while (bars.length < Math.max(1, rows.length)) {
      bars.push(multibar.create(100, 0, { row: BLANK }))
    }
    bars.forEach((bar, index) => {
      const row = rows[index] ?? BLANK
      bar.update(row.kind === 'bar' ? row.percentage : 0, { row })
    })
  }

  function currentRows(): Row[] {
    const limit = Math.min(MAX_ROWS, Math.max(1, (stdout.rows ?? 24) - 4))
    const shown = [...active].slice(0, limit).map(fileRow)
    const hidden = active.size - shown.length
    return [
      ...shown,
      ...(hidden > 0 ? [{ kind: 'more', count: hidden } as const] : []),
      ...(count > 1 ? [totalRow()] : []),
    ]
  }

  function fileRow({ path, snapshot }: TrackedFile): Row {
    return {
      kind: 'bar',
      name: printable(path),
      note: statusText(snapshot, wall()),
      percentage: percentageOf(snapshot),
      tone: snapshot.status === 'uploading' && snapshot.partsInFlight > 0 ? 'moving' : 'resting',
    }
  }

  function totalRow(): Row {
    const sums = total()
    return {
      kind: 'bar',
      name: `${finished} of ${count} files`,
      note: paceText(sums),
      percentage: sums.percentage,
      tone: 'total',
    }
  }

  function formatRow(options: Options, params: Params, payload: { readonly row: Row }): string {
    const { row } = payload
    switch (row.kind) {
      case 'blank':
        return ''
      case 'more':
        return style.dim(`  … and ${row.count} more`)
      case 'bar': {
        const width = rowLayout(params.maxWidth)
        const name = fitMiddle(row.name, width.name)
        const percentage = `${Math.floor(row.percentage)}%`.padStart(4)
        const note = width.note === 0 ? '' : `  ${fitMiddle(row.note, width.note).trimEnd()}`
        return [
          `  ${name}`,
          width.bar === 0 ? '' : `  ${paintBar(params.progress, width.bar, row.tone, options)}`,
          `  ${percentage}`,
          row.tone === 'resting' ? style.dim(note) : note,
        ].join('')
      }
    }
  }

  function paintBar(progress: number, width: number, tone: Tone, options: Options): string {
    const text = cliProgress.Format.BarFormat(progress, { ...options, barsize: width })
    const [done = '', left = ''] = text.split(GLUE)
    const paint = { moving: style.accent, resting: style.dim, total: (plain: string) => plain }
    return paint[tone](done) + style.dim(left)
  }

  function log(symbol: string, path: string, details: string): void {
    const width = rowLayout(stdout.columns ?? 80)
    const name = fitMiddle(printable(path), width.name)
    const room = Math.max(8, width.total - width.name - 6)
    // What stood on this line before may be longer, so the rest of the line is erased.
    multibar.log(`${symbol} ${name}  ${fitMiddle(details, room).trimEnd()}\u001b[K\n`)
  }

  return {
    changed(file) {
      if (isActive(file)) active.add(file)
      else active.delete(file)
    },
    finished(file) {
      active.delete(file)
      finished += 1
      const { status, totalBytes, percentage, error } = file.snapshot
      if (status === 'completed') {
        log(style.good(symbols.completed), file.path, formatBytes(totalBytes))
      } else if (status === 'failed') {
        log(style.bad(symbols.failed), file.path, messageOf(error))
      } else {
        unfinished += 1
        if (unfinished > MAX_UNFINISHED) return
        const sent = Math.floor(percentage)
        log(symbols.cancelled, file.path, `not finished${sent > 0 ? ` (${sent}%)` : ''}`)
      }
    },
    problem(error) {
      const { total } = rowLayout(stdout.columns ?? 80)
      const text = fitMiddle(messageOf(error), total - 4).trimEnd()
      multibar.log(`${style.bad('!')} ${text}\u001b[K\n`)
    },
    stop() {
      multibar.update()
      multibar.stop()
    },
    summary(summary) {
      if (unfinished > MAX_UNFINISHED) {
        stdout.write(`  … and ${unfinished - MAX_UNFINISHED} more not finished\n`)
      }
      stdout.write(`${summaryText(summary)}\n`)
    },
  }
}

function isActive({ snapshot }: TrackedFile): boolean {
  switch (snapshot.status) {
    case 'hashing':
    case 'starting':
    case 'uploading':
    case 'completing':
    case 'paused':
      return true
    case 'queued':
      // A long queue is normal; anything else that holds a file back is worth a row.
      return snapshot.waitingFor !== undefined && snapshot.waitingFor.reason !== 'slot'
    case 'completed':
    case 'failed':
    case 'cancelled':
      return false
  }
}
