import type { Upload } from '@s3-bg-uploader/core'

/** Uploads that are shown together. */
export interface UploadGroup {
  /** Undefined for files that came by themselves. */
  readonly transferId: string | undefined
  readonly uploads: readonly Upload[]
}

/** Uploads by their transfer, in the order of the first of each. */
export function groupByTransfer(uploads: readonly Upload[]): readonly UploadGroup[] {
  const groups = new Map<string | undefined, Upload[]>()
  for (const upload of uploads) {
    const { transferId } = upload.getSnapshot()
    const members = groups.get(transferId)
    if (members === undefined) groups.set(transferId, [upload])
    else members.push(upload)
  }
  return [...groups].map(([transferId, members]) => ({ transferId, uploads: members }))
}
