import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reattach } from '../../src/machine/reattach.ts'
import { World, type WorldOptions } from './world.ts'
import type { Step } from './world-parts.ts'

const upload = fc
  .record({ parts: fc.integer({ min: 0, max: 7 }), rest: fc.integer({ min: 0, max: 9 }) })
  .map(({ parts, rest }) => ({ size: parts * 10 + rest, partSize: 10 }))

const options: fc.Arbitrary<WorldOptions> = fc.record({
  uploads: fc.array(upload, { minLength: 1, maxLength: 3 }),
  rules: fc.record({
    retry: fc.record({
      attempts: fc.integer({ min: 1, max: 4 }),
      baseMs: fc.constant(500),
      capMs: fc.constant(8000),
    }),
    stallMs: fc.constant(60_000),
    restarts: fc.integer({ min: 0, max: 2 }),
    slots: fc.integer({ min: 1, max: 4 }),
    queueTasks: fc.constantFrom(undefined, undefined, 1, 3, 9),
    reattach: fc.constant(reattach),
    canList: fc.boolean(),
    canAbort: fc.boolean(),
    seesProgress: fc.boolean(),
    keepsFiles: fc.boolean(),
  }),
})

const index = fc.nat({ max: 2 })
const command = fc.constantFrom('pause', 'resume', 'cancel', 'retry', 'resume', 'retry')
const answer = fc.record({
  type: fc.constant('answer' as const),
  pick: fc.nat({ max: 30 }),
  how: fc.oneof(fc.constant(0), fc.nat({ max: 31 })),
  again: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: answer },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('command' as const), upload: index, command }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('interrupt' as const), upload: index, command }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('network' as const), online: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('constraint' as const), constrained: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('time' as const),
      ms: fc.constantFrom(1, 50, 1000, 10_000, 61_000, 1_000_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ring' as const), pick: index }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('crash' as const),
      luck: fc.nat({ max: 1000 }),
      background: fc.boolean(),
    }),
  },
)

/** More of them, or others, hunt for bugs by hand; these are always the same, and keep the file quick. */
const RUNS = Number(process.env.MACHINE_RUNS ?? 1500)
const SEED = Number(process.env.MACHINE_SEED ?? 1)
/** No test blocks the thread for so long that the runner takes its worker for dead. */
const ROUND = 100

test.each(Array.from({ length: Math.ceil(RUNS / ROUND) }, (_, round) => SEED + round))(
  'whatever happens in whatever order, every guarantee holds and everything ends well: seed %i',
  (seed) => {
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 120, size: 'max' }), (given, steps) => {
        const world = new World(given)
        for (const next of steps) world.take(next)
        world.settle()
        expectRest(world)
        insist(world)
        // An abort that nobody heard is left to the next start.
        world.take({ type: 'crash', luck: 0, background: false })
        insist(world)
        expectEnd(world)
      }),
      { numRuns: Math.min(RUNS, ROUND), seed },
    )
  },
)

/** A file that changed meanwhile needs more than one go. */
function insist(world: World): void {
  for (let goes = 0; goes < 3; goes += 1) {
    world.settle()
    world.encourage()
  }
  world.settle()
}

/** Only what a person stopped, or must look at, is not done. */
function expectRest(world: World): void {
  for (const { state } of world.uploads) {
    const stands = state.outcome !== undefined || state.paused || state.source === 'missing'
    if (!stands) world.violated(`${state.file.id} is stuck`)
  }
}

function expectEnd(world: World): void {
  for (const { state, record, kept } of world.uploads) {
    const { outcome, failedWith, source } = state
    const isOver = outcome === 'completed' || outcome === 'cancelled'
    if (kept === (isOver && world.rules.keepsFiles)) {
      world.violated(`the file of ${state.file.id} is ${kept ? 'kept' : 'released'}`)
    }
    if (world.rules.canAbort && state.abandoned.length > 0) {
      world.violated(`${state.file.id} leaks ${state.abandoned.map((one) => one.uploadId)}`)
    }
    if (outcome === 'cancelled') {
      if (record !== undefined) world.violated(`${state.file.id} never leaves the journal`)
    } else if (failedWith?.code !== 'complete_uncertain' && source !== 'missing') {
      if (outcome !== 'completed') world.violated(`${state.file.id} ends as ${outcome}`)
      expect(record?.outcome).toBe('completed')
    }
  }
}
