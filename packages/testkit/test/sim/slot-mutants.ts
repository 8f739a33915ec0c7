// The machine is not an export of core, so what the mutants touch of it is written down here.

export interface Limit {
  readonly slots: number
  readonly most: number
  readonly cutAt: number
  readonly growAt: number
  readonly over: number | undefined
  readonly because: string | undefined
  readonly patience: number
}

export interface LandingFact {
  readonly how: 'stored' | 'refused' | 'broken'
  readonly retryAfterMs?: number | undefined
}

export type NoteLanding = (limit: Limit, landing: LandingFact, held: number) => Limit

/** A small bug: what one landing makes of the number of slots. */
export type SlotMutant = (note: NoteLanding, ...args: Parameters<NoteLanding>) => Limit

/** Bugs that the search for the number of slots could have. */
export const SLOT_MUTANTS: Readonly<Record<string, SlotMutant>> = {
  'slots are never taken away': (note, limit, landing, held) =>
    landing.how === 'stored' ? note(limit, landing, held) : limit,
  'a refusal takes all slots away': (note, limit, landing, held) => {
    const next = note(limit, landing, held)
    return landing.how === 'refused' ? { ...next, slots: 0 } : next
  },
  'slots become more than the user allows': (note, limit, landing, held) =>
    note({ ...limit, most: Number.POSITIVE_INFINITY }, landing, held),
  'each failed part of a burst takes slots away': (note, limit, landing, held) =>
    note({ ...limit, cutAt: Number.NEGATIVE_INFINITY }, landing, held),
  'what was refused is tried again at once': (note, limit, landing, held) => ({
    ...note(limit, landing, held),
    over: undefined,
    because: undefined,
  }),
  'slots become more before Retry-After is over': (note, limit, landing, held) =>
    note(limit, { ...landing, retryAfterMs: undefined }, held),
  'slots are kept free': (note, limit, landing, held) => {
    const next = note(limit, landing, held)
    return { ...next, slots: Math.max(1, next.slots - 1) }
  },
}
