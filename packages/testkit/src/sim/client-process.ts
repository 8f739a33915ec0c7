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
  /** Its uploader is of the past: closed for good, or dead with its process. */
  ended = false
  /** What the platform told it last. */
  toldOnline = true
  /** The process dies at so many port calls from now. */
  callsToLive: number = Number.POSITIVE_INFINITY
  /** What dies with it. */
  readonly onDeath: (() => void)[] = []
  onEnd: () => void = () => {}
  /** What came while the process was suspended; undefined while it runs. */
  #late: (() => void)[] | undefined
  #toCatchUp = 0
  readonly #bornAt: number

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
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
    if (this.#late === undefined) callback()
    else this.#late.push(callback)
  }

  get frozen(): boolean {
    return this.#late !== undefined
  }

  /** Whether somebody could press a button. */
  get attentive(): boolean {
    return this.alive && !this.closed && !this.frozen && this.#toCatchUp === 0
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
    if (!this.alive || this.frozen) return
    this.#late = []
    this.world.clock.setTimer(() => this.thaw(), ms)
  }

  /** Everything that came in the meantime comes now, in order, one after the other. */
  thaw(): void {
    const late = this.#late ?? []
    this.#late = undefined
    this.#toCatchUp += late.length
    for (const callback of late) {
      this.world.clock.setTimer(() => {
        this.#toCatchUp -= 1
        this.deliver(callback)
      }, 0)
    }
  }

  die(): void {
    if (!this.alive) return
    this.alive = false
    this.world.reach('process died')
    this.world.note(this.name, () => 'dies')
    for (const callback of this.onDeath) callback()
    this.end()
  }

  /** The process may live on, but the next uploader comes without it. */
  end(): void {
    if (this.ended) return
    this.ended = true
    this.onEnd()
  }
}
