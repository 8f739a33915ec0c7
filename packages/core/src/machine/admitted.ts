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

/** With another one in the place of one of them. */
export function replaceAdmitted(
  all: readonly Admitted[],
  one: Admitted,
  by: Admitted,
): readonly Admitted[] {
  return all.map((other) => (other === one ? by : other))
}
