import type { Clock } from '@s3-bg-uploader/core'
import { drainMicrotasks } from './drain.ts'

/** A clock that stands still until it is told to go on. It counts whole milliseconds. */
export interface VirtualClock extends Clock {
  /** When the next timer is due, on the axis of `now`; undefined when there is none. */
  nextAt(): number | undefined
  /** Goes to the next timer and runs it. False when there is none. */
  runNext(): boolean
  /** Lets so many milliseconds pass: runs what is due in order, and what follows from it. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock forward (or back, if negative) by so many milliseconds; `now` stays. */
  shiftWall(ms: number): void
}

interface Timer {
  readonly at: number
  /** Timers that are due together ring in the order in which they were set. */
  readonly sequence: number
  /** Undefined once cancelled. */
  callback: (() => void) | undefined
}

/**
 * Time under control: for tests of anything that takes a `Clock`.
 *
 * @param options.wall milliseconds since the epoch at the start
 */
export function virtualClock(options: { readonly wall?: number } = {}): VirtualClock {
  let now = 0
  let wallOffset = options.wall ?? Date.UTC(2026, 0, 1)
  let sequence = 0
  const timers = new TimerHeap()

  const nextAt = (): number | undefined => timers.first()?.at
  const runNext = (): boolean => {
    const timer = timers.takeFirst()
    if (timer === undefined) return false
    now = Math.max(now, timer.at)
    const { callback } = timer
    timer.callback = undefined
    callback?.()
    return true
  }

  return {
    now: () => now,
    wall: () => now + wallOffset,
    setTimer(callback, delayMs) {
      sequence += 1
      // Whole milliseconds, so that no rounding makes a timer ring too early.
      const timer: Timer = { at: Math.ceil(now + Math.max(0, delayMs)), sequence, callback }
      timers.add(timer)
      return () => {
        timer.callback = undefined
      }
    },
    nextAt,
    runNext,
    async advance(ms) {
      const end = now + ms
      await drainMicrotasks()
      for (let at = nextAt(); at !== undefined && at <= end; at = nextAt()) {
        runNext()
        await drainMicrotasks()
      }
      now = end
    },
    shiftWall(ms) {
      wallOffset += ms
    },
  }
}

/** A binary heap; cancelled timers stay in it until their time comes. */
class TimerHeap {
  readonly #timers: Timer[] = []

  first(): Timer | undefined {
    while (this.#timers[0] !== undefined && this.#timers[0].callback === undefined) this.#remove()
    return this.#timers[0]
  }

  takeFirst(): Timer | undefined {
    const first = this.first()
    if (first !== undefined) this.#remove()
    return first
  }

  add(timer: Timer): void {
    const timers = this.#timers
    let at = timers.length
    timers.push(timer)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = timers[parent]
      if (above === undefined || isEarlier(above, timer)) break
      timers[at] = above
      at = parent
    }
    timers[at] = timer
  }

  /** Takes out the first. */
  #remove(): void {
    const timers = this.#timers
    const last = timers.pop()
    if (last === undefined || timers.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      let below = timers[child]
      const right = timers[child + 1]
      if (below !== undefined && right !== undefined && isEarlier(right, below)) {
        below = right
        child += 1
      }
      if (below === undefined || isEarlier(last, below)) break
      timers[at] = below
      at = child
    }
    timers[at] = last
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
