import { BackendError } from './backend-error.ts'
import { type PartPlan, partCount, plannedSize } from './part-plan.ts'
import type { PartTag, StoredPart } from './storage.ts'

/**
 * Refuses whatever would not make exactly the planned object. S3 would take fewer parts and parts of
 * other sizes and make a shorter object of them; here that is always a mistake, so it is refused.
 *
 * @param parts Ascending by part number.
 * @param minPartSize Bytes that every part but the last must have.
 * @throws BackendError `InvalidPart`, `EntityTooSmall`.
 */
export function checkParts(
  parts: readonly PartTag[],
  stored: readonly StoredPart[],
  plan: PartPlan,
  minPartSize: number,
): void {
  const storedByNumber = new Map(stored.map((part) => [part.partNumber, part]))
  const count = partCount(plan)
  for (const { partNumber, etag } of parts) {
    if (storedByNumber.get(partNumber)?.etag !== etag) {
      throw new BackendError(
        'InvalidPart',
        `Part ${partNumber} was not uploaded, or its ETag is another.`,
      )
    }
  }
  for (const { partNumber } of parts) {
    const size = storedByNumber.get(partNumber)?.size ?? 0
    if (partNumber < count && size < minPartSize) {
      throw new BackendError(
        'EntityTooSmall',
        `Part ${partNumber} has ${size} bytes; all but the last need ${minPartSize}.`,
      )
    }
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

/**
 * Refuses a list of parts that is not that of the plan, without a look at what was uploaded.
 *
 * @param parts Ascending by part number.
 * @throws BackendError `InvalidPart`.
 */
export function assertAllParts(parts: readonly PartTag[], plan: PartPlan): void {
  const count = partCount(plan)
  for (let partNumber = 1; partNumber <= count; partNumber += 1) {
    if (parts[partNumber - 1]?.partNumber !== partNumber) {
      throw new BackendError('InvalidPart', `Part ${partNumber} of ${count} is missing.`)
    }
  }
  const beyond = parts[count]
  if (beyond !== undefined) {
    throw new BackendError(
      'InvalidPart',
      `There is no part ${beyond.partNumber}: the parts are 1 to ${count}.`,
    )
  }
}
