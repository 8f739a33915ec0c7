import { BackendError } from './backend-error.ts'

/** How a file is cut, contract §2. */
export interface PartPlan {
  /** Bytes. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
}

/** The number of parts; an empty file is one empty part. */
export function partCount({ fileSize, partSize }: PartPlan): number {
  return Math.max(1, Math.ceil(fileSize / partSize))
}

/** Bytes of one part, or undefined for a number outside the plan. */
export function plannedSize(plan: PartPlan, partNumber: number): number | undefined {
  const last = partCount(plan)
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > last) return undefined
  return partNumber < last ? plan.partSize : plan.fileSize - (last - 1) * plan.partSize
}

/** @throws BackendError `InvalidRequest` for a number outside the plan. */
export function assertPlannedPart(plan: PartPlan, partNumber: number): void {
  if (plannedSize(plan, partNumber) !== undefined) return
  throw new BackendError(
    'InvalidRequest',
    `There is no part ${partNumber}: the parts are 1 to ${partCount(plan)}.`,
  )
}
