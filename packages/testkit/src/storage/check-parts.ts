import {
  assertAllParts,
  BackendError,
  type PartPlan,
  type PartTag,
  plannedSize,
} from '@s3-bg-uploader/backend'

/** A part that arrived. */
export interface KeptPart {
  readonly bytes: Uint8Array
  /** MD5, 32 lower-case hex digits. */
  readonly etag: string
}

/**
 * What S3 checks before it makes an object out of parts.
 *
 * @param parts Ascending by part number.
 * @param minPartSize Bytes that every part but the last must have.
 * @returns The parts to put together.
 * @throws BackendError `InvalidPart`, `EntityTooSmall`.
 */
export function checkParts(
  parts: readonly PartTag[],
  kept: ReadonlyMap<number, KeptPart>,
  minPartSize: number,
): readonly KeptPart[] {
  const found = parts.map(({ partNumber, etag }) => {
    const part = kept.get(partNumber)
    if (part?.etag === etag) return part
    throw new BackendError(
      'InvalidPart',
      `Part ${partNumber} was not uploaded, or its ETag is another.`,
    )
  })
  found.slice(0, -1).forEach(({ bytes }, index) => {
    if (bytes.length >= minPartSize) return
    throw new BackendError(
      'EntityTooSmall',
      `Part ${parts[index]?.partNumber} has ${bytes.length} bytes; all but the last need ${minPartSize}.`,
    )
  })
  return found
}

/**
 * What S3 cannot check, since it does not know the file: that the object becomes as large as the file,
 * out of the parts that were planned.
 *
 * @param parts Ascending by part number.
 * @throws BackendError `InvalidPart`.
 */
export function checkPlan(
  parts: readonly PartTag[],
  kept: ReadonlyMap<number, KeptPart>,
  plan: PartPlan,
): void {
  for (const { partNumber } of parts) {
    const size = kept.get(partNumber)?.bytes.length
    const planned = plannedSize(plan, partNumber)
    if (size !== planned) {
      throw new BackendError(
        'InvalidPart',
        `Part ${partNumber} has ${size} bytes, but ${planned} in the plan.`,
      )
    }
  }
  assertAllParts(parts, plan)
}
