import { formatBytes, formatFiles, formatSpeed } from '../quantities.ts'
import type { Summary } from '../summary.ts'

/** `3 files completed, 1 failed: 1.2 GB in 4.0 s (300 MB/s)` */
export function summaryText(summary: Summary): string {
  const { completed, failed, cancelled, bytes, seconds, interruptedBy } = summary
  const counts = [
    `${formatFiles(completed)} completed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} not finished`] : []),
  ].join(', ')
  const pace = bytes >= 1000 && seconds > 0 ? ` (${formatSpeed(bytes / seconds)})` : ''
  const interrupted = interruptedBy === undefined ? '' : 'interrupted: '
  return `${interrupted}${counts}: ${formatBytes(bytes)} in ${seconds.toFixed(1)} s${pace}`
}
