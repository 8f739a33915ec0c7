import type { SimulateOptions } from '@s3-bg-uploader/testkit/sim'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { MachineEvent, State, Transition } from './machine-types.ts'
import { CALM_MUTANTS, MUTANTS, type Mutant, WAITING_MUTANTS } from './mutants.ts'
import { type NoteLanding, SLOT_MUTANTS, type SlotMutant } from './slot-mutants.ts'
import { type Caught, untilCaught } from './until-caught.ts'

const MOST_SEEDS = 3_000
/** Whether slots are ever idle for want of URLs shows where nothing else disturbs them. */
const CALM: SimulateOptions = {
  only: new Set(['slow-backend']),
  always: new Set(['long-files']),
}

/** One file in line behind the other. */
const IN_LINE: SimulateOptions = {
  only: new Set(),
  always: new Set(['waiting-files']),
}

interface Machine {
  transition(state: State, event: MachineEvent, rules: unknown): Transition
}

const bench = vi.hoisted(() => ({
  mutant: undefined as Mutant | undefined,
  slotMutant: undefined as SlotMutant | undefined,
}))

vi.mock('../../../core/src/machine/transition.ts', async (importOriginal) => {
  const { transition } = await importOriginal<Machine>()
  const machine: Machine = {
    transition(state, event, rules) {
      const step = (before: State, fact: MachineEvent): Transition =>
        transition(before, fact, rules)
      return bench.mutant === undefined ? step(state, event) : bench.mutant(step, state, event)
    },
  }
  return machine
})

vi.mock('../../../core/src/machine/slot-limit.ts', async (importOriginal) => {
  const original = await importOriginal<{ readonly noteLanding: NoteLanding }>()
  const noteLanding: NoteLanding = (limit, landing, held) =>
    bench.slotMutant === undefined
      ? original.noteLanding(limit, landing, held)
      : bench.slotMutant(original.noteLanding, limit, landing, held)
  return { ...original, noteLanding }
})

afterEach(() => {
  bench.mutant = undefined
  bench.slotMutant = undefined
})

describe('a bug in the machine is caught', () => {
  test('and without one nothing is', async () => {
    for (const [seeds, options] of [[50], [30, CALM], [15, IN_LINE]] as const) {
      expect(await untilCaught(seeds, options)).toBeUndefined()
    }
  })

  test.each([
    ...Object.entries(MUTANTS).map(([name, mutant]) => [name, mutant, {}] as const),
    ...Object.entries(CALM_MUTANTS).map(([name, mutant]) => [name, mutant, CALM] as const),
    ...Object.entries(WAITING_MUTANTS).map(([name, mutant]) => [name, mutant, IN_LINE] as const),
  ])('%s', { timeout: 120_000 }, async (name, mutant, options) => {
    let changed = 0
    bench.mutant = (step, state, event) => {
      changed += 1
      return mutant(step, state, event)
    }
    const caught = await untilCaught(MOST_SEEDS, options)
    expect(changed, 'the machine was not replaced').toBeGreaterThan(0)
    report(name, caught)
  })

  test.each(Object.entries(SLOT_MUTANTS))('%s', { timeout: 120_000 }, async (name, mutant) => {
    let changed = 0
    bench.slotMutant = (...args) => {
      changed += 1
      return mutant(...args)
    }
    const caught = await untilCaught(MOST_SEEDS)
    expect(changed, 'the machine was not replaced').toBeGreaterThan(0)
    report(name, caught)
  })
})

function report(name: string, caught: Caught | undefined): void {
  expect(caught, `not caught in ${MOST_SEEDS} seeds`).toBeDefined()
  const { guarantee, message } = caught?.violation ?? {}
  console.log(`${name}: caught by "${guarantee}" after ${caught?.seeds} seeds (${message})`)
}
