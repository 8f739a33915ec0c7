import type { Random } from '../../src/ports.ts'

/** Draws that are the same in every run; a name can be given fixed values. */
export function seededRandom(fixed: Readonly<Record<string, number>> = {}): Random {
  let state = 42
  return {
    draw(name) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return fixed[name] ?? state / 2 ** 32
    },
  }
}
