import type { Clock } from '@s3-bg-uploader/core'
import type { Party } from './party.ts'
import type { World } from './world.ts'

/**
 * One life of the process that runs the uploader. After `die` nothing it asked for is done any more
 * and nothing it waits for comes, so whatever of it is still in memory cannot be observed.
 */
export class ClientProcess implements Party {
  readonly world: World
  readonly name: string
  alive = true
  /** `uploader.close()` was called. */
  closed = false
  /** The process dies at so many port calls from now. */
  callsToLive: number = Number.POSITIVE_INFINITY
  /** What dies with it. */
  readonly onDeath: (() => void)[] = []
  #frozenUntil = 0
  readonly #bornAt: number

  constructor(world: World, life: number) {
    this.world = world
    this.name = `client${life}`
    this.#bornAt = world.clock.now()
  }

  /** Monotonic clocks start anywhere; timers of the dead do not ring. */
  readonly clock: Clock = {
    now: () => this.world.clock.now() - this.#bornAt + 1_000,
    wall: () => this.world.clock.wall() + this.world.deviceAheadMs,
    setTimer: (callback, delayMs) =>
      this.world.clock.setTimer(() => this.deliver(callback), delayMs),
  }

  deliver(callback: () => void): void {
    if (!this.alive) return
    const now = this.world.clock.now()
    if (now >= this.#frozenUntil) return callback()
    this.world.clock.setTimer(() => this.deliver(callback), this.#frozenUntil - now)
  }

  /** Called by every port first: false when the process is dead. */
  enter(): boolean {
    if (!this.alive) return false
    this.callsToLive -= 1
    if (this.callsToLive > 0) return true
    this.die()
    return false
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.world.clock.now() + ms)
  }

  thaw(): void {
    this.#frozenUntil = 0
  }

  die(): void {
    if (!this.alive) return
    this.alive = false
    this.world.reach('process died')
    this.world.note(this.name, () => 'dies')
    for (const callback of this.onDeath) callback()
  }
}
