import { describe, expect, test } from 'vitest'
import { SABOTAGED_PORTS } from './sabotaged-ports.ts'
import { untilCaught } from './until-caught.ts'

const MOST_SEEDS = 2_000

describe('a fault between the core and its ports is caught', () => {
  test.each(Object.entries(SABOTAGED_PORTS))('%s', { timeout: 120_000 }, async (name, sabotage) => {
    const caught = await untilCaught(MOST_SEEDS, { sabotage })
    expect(caught, `not caught in ${MOST_SEEDS} seeds`).toBeDefined()
    const { guarantee, message } = caught?.violation ?? {}
    console.log(`${name}: caught by "${guarantee}" after ${caught?.seeds} seeds (${message})`)
  })
})
