import type { AggregateSnapshot, Transfer } from '@s3-bg-uploader/core'
import { useMemo } from 'react'
import { useSnapshot } from './use-snapshot.ts'
import { useUploader } from './use-uploader.ts'

/** The sums over the uploads of a transfer, and the transfer itself to pause, resume or cancel it. */
export interface LiveTransfer extends AggregateSnapshot {
  /** To pause, resume or cancel the group. */
  readonly transfer: Transfer
}

/**
 * The group of uploads with that transferId; the same object until something changes. A group that
 * nobody has added to yet has no uploads. Undefined until there is an uploader.
 *
 * @throws Error outside an UploaderProvider.
 */
export function useTransfer(transferId: string): LiveTransfer | undefined {
  const uploader = useUploader()
  const transfer = useMemo(() => uploader?.transfer(transferId), [uploader, transferId])
  const snapshot = useSnapshot(transfer)
  return useMemo(() => transfer && snapshot && { ...snapshot, transfer }, [transfer, snapshot])
}
