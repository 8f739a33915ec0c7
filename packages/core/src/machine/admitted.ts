import type { Queued } from './queue.ts'

/** An upload that was admitted, as far as the scheduler must know it. */
export interface Admitted extends Queued {
  /** Slots that it could use besides those that it holds. */
  readonly wants: number
  /** Its URLs will soon be too old. */
  readonly aging: boolean
  /** Its parts that still need a slot. */
  readonly left: number
  /** Slots it holds. */
  readonly held: number
  /** Bytes of a part, and how long its URLs live at least, in milliseconds. */
  readonly bytes: number
  readonly lifeMs: number
}

export function newlyAdmitted({ id, order }: Queued): Admitted {
  return {
    id,
    order,
    wants: 0,
    aging: false,
    left: 0,
    held: 0,
    bytes: 0,
    lifeMs: Number.POSITIVE_INFINITY,
  }
}

/** In the order of adding. */
export function withAdmitted(all: readonly Admitted[], one: Admitted): readonly Admitted[] {
  return [...all, one].sort((a, b) => a.order - b.order)
}

/** One of them with other values of some fields. */
export function changeAdmitted(
  all: readonly Admitted[],
  one: Admitted,
  changes: Partial<Admitted>,
): readonly Admitted[] {
  return all.map((other) => (other === one ? { ...one, ...changes } : other))
}
