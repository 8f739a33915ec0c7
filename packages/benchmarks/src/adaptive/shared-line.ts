import type { Clock } from '@s3-bg-uploader/core'

interface Job {
  left: number
  readonly done: () => void
}

/** Something that carries bytes and is shared evenly by all that use it: a line, or a disk. */
export class SharedLine {
  readonly #clock: Clock
  readonly #rate: (users: number) => number
  readonly #jobs = new Set<Job>()
  #movedAt = 0
  #cancelTimer: (() => void) | undefined

  /** @param rate bytes a millisecond for so many users together */
  constructor(clock: Clock, rate: (users: number) => number) {
    this.#clock = clock
    this.#rate = rate
  }

  carry(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#move()
      this.#jobs.add({ left: bytes, done: resolve })
      this.#setTimer()
    })
  }

  /** Notes what was carried since it was noted last, and ends what is through. */
  #move(): void {
    const now = this.#clock.now()
    const users = this.#jobs.size
    const each = users === 0 ? 0 : ((now - this.#movedAt) * this.#rate(users)) / users
    this.#movedAt = now
    for (const job of this.#jobs) {
      job.left -= each
      if (job.left > 1e-6) continue
      this.#jobs.delete(job)
      job.done()
    }
  }

  #setTimer(): void {
    this.#cancelTimer?.()
    const users = this.#jobs.size
    if (users === 0) return
    const least = Math.min(...[...this.#jobs].map(({ left }) => left))
    this.#cancelTimer = this.#clock.setTimer(
      () => {
        this.#move()
        this.#setTimer()
      },
      (least * users) / this.#rate(users),
    )
  }
}
