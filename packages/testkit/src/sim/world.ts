import type { FaultClass } from './fault-classes.ts'
import type { Plan } from './plan.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Transcript } from './transcript.ts'
import type { Guarantee, Violation } from './violation.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

export type Server = 'storage' | 'backend'

/** What every actor of a run shares: time, luck, and the book in which events are written. */
export class World {
  readonly plan: Plan
  readonly random: SeededRandom
  /** The true time. Clients see it through clocks of their own. */
  readonly clock: VirtualClock = virtualClock()
  readonly transcript: Transcript | undefined
  /** How often what was reached: shows that a run is about something. */
  readonly reached: Map<string, number> = new Map()
  /** Faults strike no more. */
  healthy = false
  /** Milliseconds by which the wall clock of the device is ahead of the true one. */
  deviceAheadMs: number
  violation: Violation | undefined
  /** Who answers nothing but errors at the moment. */
  outage: Server | undefined

  constructor(plan: Plan, random: SeededRandom, transcript: Transcript | undefined) {
    this.plan = plan
    this.random = random
    this.transcript = transcript
    this.deviceAheadMs = plan.skewMs
  }

  has(fault: FaultClass): boolean {
    return this.plan.faults.has(fault)
  }

  /** Nothing can be expected of a journal that does not keep what it is given. */
  get losesRecords(): boolean {
    return this.has('store-failure') || this.has('corrupt-record')
  }

  /** Whether this fault happens here and now. */
  strikes(fault: FaultClass): boolean {
    const rate = this.plan.faults.get(fault)
    if (rate === undefined || this.healthy) return false
    if (this.random.draw(`strikes.${fault}`) >= rate) return false
    this.reach(fault)
    return true
  }

  /** About so many milliseconds, or exactly where nothing varies. */
  about(name: string, ms: number): number {
    if (this.plan.steady) return ms
    return ms === 0 ? 0 : Math.round(ms * (0.5 + this.random.draw(name)))
  }

  reach(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1)
  }

  note(actor: string, event: () => string): void {
    this.transcript?.note(this.clock.now(), actor, event())
  }

  /** The first violation counts: what follows from it says little. */
  violate(guarantee: Guarantee, message: string): void {
    this.note('REFEREE', () => `${guarantee}: ${message}`)
    this.violation ??= { guarantee, message, at: this.clock.now() }
  }
}
