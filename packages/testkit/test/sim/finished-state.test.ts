import { simulate } from '@s3-bg-uploader/testkit/sim'
import { expect, test, vi } from 'vitest'
import type { MachineEvent, State, Transition } from './machine-types.ts'

// DESIGN §6.7: what is over stays in memory until it is forgotten, a hundred thousand of it perhaps.

const SEEDS = 60
/** Characters of its JSON: ids, names and parameters, and hardly anything else. */
const MOST = 1_000

interface Machine {
  transition(state: State, event: MachineEvent, rules: unknown): Transition
}

const watch = vi.hoisted(() => ({ sizes: { completed: [0], cancelled: [0] } }))

vi.mock('../../../core/src/machine/transition.ts', async (importOriginal) => {
  const { transition } = await importOriginal<Machine>()
  const machine: Machine = {
    transition(state, event, rules) {
      const result = transition(state, event, rules)
      const { outcome } = result.state
      if (outcome === 'completed' || outcome === 'cancelled') {
        watch.sizes[outcome].push(JSON.stringify(result.state).length)
      }
      return result
    },
  }
  return machine
})

test('what remains of an upload that is over is small, whatever its size', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) await simulate(seed)
  for (const sizes of Object.values(watch.sizes)) {
    expect(sizes.length).toBeGreaterThan(5)
    expect(Math.max(...sizes)).toBeLessThan(MOST)
  }
})
