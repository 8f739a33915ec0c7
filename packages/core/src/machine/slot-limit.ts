import type { Landing } from './landing.ts'

/** So many parts at once surprise nobody: browsers open as many connections to one host. */
const FIRST_SLOTS = 6
/** A round of fewer parts says little of how fast they are. */
const LEAST_ROUND = 4
/** More slots must bring at least so much of what they would if nothing held them back. */
const WORTH_MORE = 0.25
/** Fewer slots must bring so much of what more brought. */
const AS_GOOD = 0.95
/** So many parts for every slot land before what was too many is tried again ... */
const PATIENCE = 8
/** ... and twice as many each time that was in vain, but no more than 2 to the power of this. */
const MOST_VAIN = 6
/** One broken exchange may be anything; so many in one round are a sign. */
const BROKEN_SIGN = 2

/** What landed while all slots were in use. */
interface Tally {
  readonly parts: number
  readonly load: number
  /** Milliseconds, over all parts. */
  readonly ms: number
  readonly broken: number
}

/** A number of slots, and what they bring: load a millisecond. */
interface Level {
  readonly slots: number
  readonly goodput: number
}

/**
 * How many parts may be under way at once, found by trying. Rounds are compared: as many parts as
 * there are slots. More slots are tried as long as they bring more, first twice as many, then halfway
 * to what was too many. When they bring nothing, fewer are tried. What the storage refuses halves them,
 * once for all parts that began before it was noticed, or takes back what was just tried. What was too
 * many is tried again after ever longer times, and first by one slot.
 */
export interface SlotLimit {
  readonly slots: number
  /** The user's maximum. */
  readonly most: number
  /** When the number changed: parts that began before say nothing of it. */
  readonly since: number
  /** When the storage was last heeded: parts that began before say nothing new. */
  readonly cutAt: number
  readonly tally: Tally
  /** While another number is tried: the one to go back to. */
  readonly best: Level | undefined
  /** So many were too many, and why. */
  readonly over: number | undefined
  readonly because: 'refused' | 'useless' | undefined
  /** So few brought less. */
  readonly under: number
  /** Parts to land before `over` is tried again, and how often that was in vain. */
  readonly patience: number
  readonly vain: number
  /** The storage asked for that much time (Retry-After): until then they do not grow. */
  readonly growAt: number
}

const NOTHING: Tally = { parts: 0, load: 0, ms: 0, broken: 0 }

export function newSlotLimit(most: number): SlotLimit {
  return {
    slots: Math.min(most, FIRST_SLOTS),
    most,
    since: Number.NEGATIVE_INFINITY,
    cutAt: Number.NEGATIVE_INFINITY,
    tally: NOTHING,
    best: undefined,
    over: undefined,
    because: undefined,
    under: 0,
    patience: 0,
    vain: 0,
    growAt: Number.NEGATIVE_INFINITY,
  }
}

/** @param held slots in use, that of the part included */
export function noteLanding(limit: SlotLimit, landing: Landing, held: number): SlotLimit {
  const { startedAt, endedAt } = landing
  const { tally } = limit
  switch (landing.how) {
    case 'stored': {
      // Slots that stand idle for want of parts tell nothing of what they could bring.
      if (startedAt < limit.since || held < limit.slots) return limit
      const parts = tally.parts + 1
      const load = tally.load + landing.load
      const ms = tally.ms + endedAt - startedAt
      const counted: SlotLimit = { ...limit, tally: { parts, load, ms, broken: tally.broken } }
      return parts < Math.max(LEAST_ROUND, limit.slots) ? counted : judge(counted, endedAt)
    }
    case 'refused': {
      const growAt = Math.max(limit.growAt, endedAt + (landing.retryAfterMs ?? 0))
      // A trial that ends while the storage wants calm would end with more slots.
      if (startedAt < limit.cutAt) return { ...limit, growAt, best: undefined }
      return cut({ ...limit, growAt }, endedAt, true)
    }
    case 'broken': {
      if (startedAt < limit.cutAt) return limit
      const broken = tally.broken + 1
      if (broken < BROKEN_SIGN) return { ...limit, tally: { ...tally, broken } }
      return cut(limit, endedAt, false)
    }
  }
}

function cut(limit: SlotLimit, now: number, refused: boolean): SlotLimit {
  const { slots, best, because, vain } = limit
  const tried = best !== undefined && best.slots < slots
  const left = tried ? best.slots : Math.max(1, slots >> 1)
  const lower = moved({ ...limit, cutAt: now }, left, undefined, now)
  if (!refused && !tried) {
    // A line that broke is as wide as before once it works again.
    return because === 'refused' ? lower : { ...lower, over: undefined, because: undefined }
  }
  const inVain = tried ? Math.min(vain + 1, MOST_VAIN) : vain
  return waiting({ ...lower, over: slots, under: 0, vain: inVain }, 'refused')
}

/** A round is complete: is this number better than the one before? */
function judge(limit: SlotLimit, now: number): SlotLimit {
  const { slots, best, tally, vain } = limit
  const level: Level = { slots, goodput: (slots * tally.load) / Math.max(tally.ms, 1) }
  if (best === undefined) return goOn(limit, level, now)
  const gain = level.goodput / best.goodput
  if (slots > best.slots) {
    const worth = 1 + WORTH_MORE * (slots / best.slots - 1)
    if (gain >= worth) {
      const grown: SlotLimit = { ...limit, under: best.slots, because: undefined, vain: 0 }
      return goOn(grown, level, now)
    }
    const useless: SlotLimit = {
      ...moved(limit, best.slots, undefined, now),
      over: best.slots + 1,
      vain: Math.min(vain + 1, MOST_VAIN),
    }
    return goOn(waiting(useless, 'useless'), best, now)
  }
  if (gain < AS_GOOD) {
    return goOn({ ...moved(limit, best.slots, undefined, now), under: slots }, best, now)
  }
  // Compared with the best there was, or many small losses would add up.
  const goodput = Math.max(level.goodput, best.goodput)
  return goOn(waiting({ ...limit, over: slots + 1 }, 'useless'), { slots, goodput }, now)
}

/** Tries another number, if there is one worth trying. */
function goOn(limit: SlotLimit, level: Level, now: number): SlotLimit {
  const { slots } = level
  const { most, over, because, under } = limit
  const settled: SlotLimit = { ...limit, best: undefined, tally: NOTHING }
  if (now < limit.growAt) return settled
  const twice = Math.min(most, because === 'refused' ? slots + 1 : 2 * slots)
  // Far above may be all that is known of where it is too many.
  const more = over === undefined ? twice : Math.min(2 * slots, (slots + over) >> 1)
  if (more > slots) return moved(limit, more, level, now)
  const fewer = (slots + under) >> 1
  if (because === 'useless' && fewer > under) {
    return moved(limit, fewer, level, now)
  }
  const patience = limit.patience - limit.tally.parts
  if (patience > 0 || twice === slots) return { ...settled, patience }
  return moved({ ...limit, over: undefined }, twice, level, now)
}

function moved(limit: SlotLimit, slots: number, best: Level | undefined, now: number): SlotLimit {
  return { ...limit, slots, best, since: now, tally: NOTHING }
}

function waiting(limit: SlotLimit, because: 'refused' | 'useless'): SlotLimit {
  return { ...limit, because, patience: PATIENCE * limit.slots * 2 ** limit.vain }
}
