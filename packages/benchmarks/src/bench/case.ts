import type { Contestant } from './contestants.ts'
import type { ServerSettings } from './server/settings.ts'

export const KIB = 1024
export const MIB: number = 1024 * KIB

/** One comparison: the same work by everybody. */
export interface Case {
  readonly id: CaseId
  /** What it is about, without the sizes. */
  readonly what: string
  readonly files: number
  /** Bytes of each. */
  readonly fileBytes: number
  readonly partSize: number
  readonly slots: number
  readonly server: Omit<ServerSettings, 'partSize' | 'peers'>
  /** Whether bytes go to the server. Otherwise `files` are only read, or not even that. */
  readonly sends: 'everything' | 'nothing'
  /** Fewer rounds than the others have, where laps are long or mostly waiting. */
  readonly rounds?: number
  /** The first is what the others are compared with. */
  readonly contestants: readonly Contestant[]
}

export type CaseId =
  | 'http'
  | 'https'
  | 'ten-files'
  | 'small-files'
  | 'many-parts'
  | 'hash'
  | 'with-journal'
  | 'large-file'
  | 'latency'
  | 'near'
  | 'far'
  | 'stragglers'
  | 'resets'
  | 'slow-down'

/** A case in words, for people. */
export function titleOf({ what, files, fileBytes, partSize, slots }: Case): string {
  const parts = Math.ceil(fileBytes / partSize)
  const cut = parts > 1 ? ` in ${parts.toLocaleString('en')} parts` : ''
  const count = files.toLocaleString('en')
  return `${count} × ${sizeOf(fileBytes)}${cut}, ${slots} at once: ${what}`
}

function sizeOf(bytes: number): string {
  if (bytes >= 1024 * MIB) return `${bytes / (1024 * MIB)} GiB`
  if (bytes >= MIB) return `${bytes / MIB} MiB`
  return `${(bytes / KIB).toFixed(0)} KiB`
}
