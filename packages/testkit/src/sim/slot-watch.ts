import type { HttpAnswer } from './http-answer.ts'
import { isSuccess } from './http-answer.ts'
import type { World } from './world.ts'

/** More than this the core does not begin with. */
const FIRST_SLOTS = 6
/** So many parts have to land before more slots are tried. */
const LEAST_ROUND = 4
/** What was refused is not tried again before so many parts have landed. */
const LEAST_PATIENCE = 8

interface Ended {
  readonly startedAt: number
  readonly how: 'stored' | 'refused' | 'broken'
}

/**
 * Watches how many slots the core says that there are: these stand for all other checks of idle slots,
 * so they must have reasons. All times are virtual.
 */
export class SlotWatch {
  readonly #world: World
  #slots: number | undefined
  /** When trouble took slots away: what began before was part of it. */
  #fellAt = Number.NEGATIVE_INFINITY
  /** When they became fewer, for whatever reason: what began before says nothing of so few. */
  #fewerAt = Number.NEGATIVE_INFINITY
  /** What ended since the last look. */
  #ended: Ended[] = []
  /** PUTs that failed, in this life of the process. */
  #failed = 0
  /** The number of slots with which something was refused last, and what has landed since. */
  #refusedWith: number | undefined
  #landed = 0
  /** The storage asked for calm until then. */
  #calmUntil = Number.NEGATIVE_INFINITY

  constructor(world: World) {
    this.#world = world
  }

  /** Another process begins anew. */
  processEnded(): void {
    this.#slots = undefined
    this.#fellAt = Number.NEGATIVE_INFINITY
    this.#fewerAt = Number.NEGATIVE_INFINITY
    this.#calmUntil = Number.NEGATIVE_INFINITY
    this.#ended = []
    this.#failed = 0
    this.#refusedWith = undefined
    this.#landed = 0
  }

  /** A PUT is over: with the answer that the client heard, if it heard one. */
  putEnded(startedAt: number, answer: HttpAnswer | undefined, retryAfterMs: number): void {
    const how = howOf(answer)
    this.#ended.push({ startedAt, how })
    if (how === 'stored') this.#landed += 1
    else this.#failed += 1
    if (how === 'refused') {
      this.#calmUntil = Math.max(this.#calmUntil, this.#world.clock.now() + retryAfterMs)
    }
  }

  /** Called whenever nothing more follows from what happened. */
  check(slots: number): void {
    const before = this.#slots ?? slots
    const ended = this.#ended
    this.#slots = slots
    this.#ended = []
    if (slots !== before) {
      this.#world.note('app', () => `has ${slots} slots`)
      this.#world.reach(slots > before ? 'more slots' : 'fewer slots')
    }
    this.#checkBounds(slots)
    // A queue of the system's sends as many at once as it sees fit.
    if (this.#world.has('background')) return
    const news = ended.filter(({ startedAt }) => startedAt >= this.#fellAt)
    this.#checkFall(before, slots, news)
    this.#checkRise(before, slots)
    // Fewer may also be found to bring as much; that is no trouble.
    const isTrouble = news.every(({ how }) => how !== 'stored')
    const now = this.#world.clock.now()
    if (slots < before && isTrouble) this.#fellAt = now
    if (news.some(({ how, startedAt }) => how === 'refused' && startedAt >= this.#fewerAt)) {
      this.#refusedWith = before
      this.#landed = 0
    }
    if (slots < before) this.#fewerAt = now
  }

  #checkBounds(slots: number): void {
    const { concurrency } = this.#world.plan
    if (!Number.isInteger(slots) || slots < 1 || slots > concurrency) {
      this.#violate(`there are ${slots} slots, where 1 to ${concurrency} are allowed`)
    }
    if (this.#failed === 0 && concurrency <= FIRST_SLOTS && slots !== concurrency) {
      this.#violate(`there are ${slots} of ${concurrency} slots, and no PUT has failed`)
    }
  }

  #checkFall(before: number, slots: number, news: readonly Ended[]): void {
    // Twice as many that bring no more are taken back, and then half of those before are tried.
    const share = news.some(({ how }) => how === 'stored') ? 4 : 2
    if (slots < Math.floor(before / share)) this.#violate(`${before} slots become ${slots} at once`)
    const isRefused = news.some(({ how }) => how === 'refused')
    // What waited while the process was frozen is heard at once: a round that landed may have doubled them.
    const hasRisen = news.filter(({ how }) => how === 'stored').length >= LEAST_ROUND
    if (isRefused && before > 1 && slots >= before && !hasRisen) {
      this.#violate(`the storage asks for less, and there are still ${slots} slots`)
    }
    // After a suspension the client does not know when a PUT began.
    if (slots < before && news.length === 0 && !this.#world.has('freeze')) {
      this.#violate(`${before} slots become ${slots} for what began before they fell the last time`)
    }
  }

  #checkRise(before: number, slots: number): void {
    if (slots <= before) return
    const early = this.#calmUntil - this.#world.clock.now()
    if (early > 0) this.#violate(`${before} slots become ${slots}, ${early} ms before Retry-After`)
    const refused = this.#refusedWith
    if (refused === undefined || slots < refused || this.#landed >= LEAST_PATIENCE) return
    this.#violate(`${refused} slots were refused, and are tried again after ${this.#landed} parts`)
  }

  #violate(why: string): void {
    this.#world.violate('7 bounds', why)
  }
}

function howOf(answer: HttpAnswer | undefined): Ended['how'] {
  if (answer === undefined) return 'broken'
  if (answer.status === 429 || answer.status === 503) return 'refused'
  return isSuccess(answer) ? 'stored' : 'broken'
}
