import type { Random } from '@s3-bg-uploader/core'

interface Stream {
  readonly start: number
  draws: number
}

/**
 * Randomness from a seed. Every name has a stream of its own, so one more draw of one name does not
 * change the draws of the others: a run with one fault less stays much the same run.
 */
export class SeededRandom implements Random {
  readonly #seed: number
  readonly #streams = new Map<string, Stream>()

  /** @param seed a non-negative safe integer */
  constructor(seed: number) {
    this.#seed = scramble((seed >>> 0) ^ scramble(Math.floor(seed / 2 ** 32) + 0x9e3779b9))
  }

  draw(name: string): number {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = { start: this.#seed ^ hashName(name), draws: 0 }
      this.#streams.set(name, stream)
    }
    stream.draws += 1
    return (scramble((stream.start + Math.imul(stream.draws, 0x9e3779b9)) >>> 0) >>> 0) / 2 ** 32
  }

  /** True with that probability. */
  chance(name: string, probability: number): boolean {
    return this.draw(name) < probability
  }

  /** A whole number from `low` to `high`, both included. */
  between(name: string, low: number, high: number): number {
    return low + Math.floor(this.draw(name) * (high - low + 1))
  }

  /** One of the values, each as likely as the others. */
  pick<T>(name: string, values: readonly T[]): T {
    // A draw is below 1, so there is one.
    return values[Math.floor(this.draw(name) * values.length)] as T
  }
}

function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  }
  return hash
}

/** The finalizer of MurmurHash3: every bit of the input changes half of those of the output. */
function scramble(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
