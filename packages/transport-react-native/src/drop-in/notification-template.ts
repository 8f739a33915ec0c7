import type { AggregateProgress } from './types.ts'

const UNITS = ['KB', 'MB', 'GB'] as const

/** Fills in the places of a template; unknown ones stay as they are. */
export function renderTemplate(template: string, session: AggregateProgress): string {
  const values: Readonly<Record<string, string | undefined>> = {
    percentage: `${Math.round(session.percentage)}%`,
    totalSize: humanBytes(session.totalSize),
    uploadedSize: humanBytes(session.uploadedSize),
    totalTransfers: session.totalTransfers?.toString(),
    completedTransfers: session.completedTransfers?.toString(),
    totalFiles: `${session.totalFiles}`,
    completedFiles: `${session.completedFiles}`,
  }
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    return (Object.hasOwn(values, name) ? values[name] : undefined) ?? place
  })
}

/** `1.5 MB`, of 1024 × 1024 bytes each. */
export function humanBytes(bytes: number): string {
  let amount = bytes
  let unit = 'B'
  for (const larger of UNITS) {
    if (amount < 1024) break
    amount /= 1024
    unit = larger
  }
  return unit === 'B' ? `${amount} B` : `${amount.toFixed(1)} ${unit}`
}
