import type { Clock } from '@s3-bg-uploader/core'
import { SeededRandom, type VirtualClock, virtualClock } from '@s3-bg-uploader/testkit/sim'
import { SharedLine } from './shared-line.ts'
import type { Situation } from './situations.ts'

/** No two PUTs take the same: so much more or less, as a share. */
const JITTER = 0.2

/** One situation with its own time and luck. */
export class Stage {
  readonly clock: VirtualClock = virtualClock()
  readonly random: SeededRandom
  refused = 0
  readonly #situation: Situation
  readonly #line: SharedLine
  readonly #disk: SharedLine
  #puts = 0

  constructor(situation: Situation, seed: number) {
    this.#situation = situation
    this.#line = new SharedLine(this.clock, situation.line)
    this.#disk = new SharedLine(this.clock, situation.disk)
    this.random = new SeededRandom(seed)
  }

  /** A control call. */
  call(): Promise<void> {
    return this.#wait(this.#situation.callMs)
  }

  /** Reads a part and sends it. Whoever is refused sent it in vain. `onSent`: all of it has left. */
  async put(bytes: number, onSent: () => void = () => {}): Promise<{ readonly status: 200 | 503 }> {
    await this.#disk.carry(bytes)
    const { putMs, most, crawling } = this.#situation
    if (this.random.draw('crawls') < crawling) await this.#wait(29 * putMs)
    const isRefused = this.#puts >= most
    if (isRefused) this.refused += 1
    else this.#puts += 1
    await this.#line.carry(bytes)
    onSent()
    await this.#wait(putMs)
    if (!isRefused) this.#puts -= 1
    return { status: isRefused ? 503 : 200 }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(resolve, ms))
  }

  #wait(ms: number): Promise<void> {
    return this.sleep(ms * (1 + JITTER * (2 * this.random.draw('wait') - 1)))
  }
}

/** Lets time pass until the work is done. Returns how long it took, in milliseconds. */
export async function timeOf(clock: VirtualClock & Clock, work: Promise<unknown>): Promise<number> {
  let took: number | undefined
  void work.then(() => {
    took = clock.now()
  })
  while (took === undefined) await clock.advance(1_000)
  await work
  return took
}
