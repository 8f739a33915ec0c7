import type { AggregateSnapshot } from '@s3-bg-uploader/core'

/** Whether there is nothing that could be paused. */
export function isStill({ byStatus }: Pick<AggregateSnapshot, 'byStatus'>): boolean {
  const { queued, hashing, starting, uploading, completing } = byStatus
  return queued + hashing + starting + uploading + completing === 0
}
