import type { Multipart } from './multipart.ts'
import type { UploadState } from './upload-state.ts'

/** The most bytes that were ever on their way: what is tried again does not take them back. */
export function mostSent(
  { sentBytes }: UploadState,
  { confirmedBytes, flights }: Pick<Multipart, 'confirmedBytes' | 'flights'>,
): number {
  let sent = confirmedBytes
  for (const flight of flights) sent += flight.sentBytes
  return Math.max(sentBytes, sent)
}
