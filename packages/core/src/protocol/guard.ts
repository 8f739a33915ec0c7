export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

export function isPositive(value: unknown): value is number {
  return isCount(value) && value > 0
}
