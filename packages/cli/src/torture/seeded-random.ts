/** Draws that a seed repeats. Each name has a sequence of its own, so that one draw more moves no other. */
export class SeededRandom {
  readonly #seed: number
  readonly #states = new Map<string, number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** A number in [0, 1). */
  draw(name: string): number {
    const before = this.#states.get(name) ?? this.#seed ^ hashOf(name)
    const state = (before + 0x6d2b79f5) | 0
    this.#states.set(name, state)
    // Mulberry32.
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `min` to `max`, both included. */
  integer(name: string, min: number, max: number): number {
    return min + Math.floor(this.draw(name) * (max - min + 1))
  }

  pick<T>(name: string, choices: readonly [T, ...T[]]): T {
    return choices[this.integer(name, 0, choices.length - 1)] ?? choices[0]
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash
}
