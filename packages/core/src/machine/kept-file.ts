import type { Rules } from './rules.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import type { UploadState } from './upload-state.ts'

/** Whether an upload may still open its file: retry() goes on with one that failed. */
export function needsFile({ outcome }: Pick<UploadState, 'outcome'>): boolean {
  return outcome === undefined || outcome === 'failed'
}

/** Releases what nobody needs after this event. To be called last: what it follows from is recorded. */
export function releaseRefs(
  before: UploadState,
  event: UploadEvent,
  after: UploadState,
  rules: Rules,
  out: UploadEffect[],
): void {
  if (!rules.keepsFiles) return
  const release = (ref: string | undefined): void => {
    if (ref !== undefined) out.push({ type: 'releaseRef', ref })
  }
  // The one that was opened for nothing.
  if (event.type === 'joined' && event.ref !== after.file.ref) release(event.ref)
  // Only where the file was brought again: what `reopen` gives names the same kept file.
  if (event.type === 'attached' && after.file.ref !== before.file.ref) release(before.file.ref)
  if (needsFile(before) && !needsFile(after)) release(after.file.ref)
}
