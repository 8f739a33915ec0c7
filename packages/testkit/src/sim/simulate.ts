import { checkQuiet } from './check-quiet.ts'
import { checkTidy } from './check-tidy.ts'
import { Device } from './device.ts'
import { drainEventLoop, drainMicrotasks } from './drain.ts'
import { IdleSlots } from './idle-slots.ts'
import { makePlan, type Plan, type PlanLimits } from './plan.ts'
import { preloadCore } from './preload-core.ts'
import type { Sabotage } from './sabotage.ts'
import { scheduleTrouble } from './schedule.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimUser } from './sim-user.ts'
import { Transcript } from './transcript.ts'
import type { Violation } from './violation.ts'
import { World } from './world.ts'

/** What `simulate` takes besides the seed. */
export interface SimulateOptions extends PlanLimits {
  /** Keep a line for every event. */
  readonly transcript?: boolean | undefined
  /** Puts a deliberate fault between the core and its ports. */
  readonly sabotage?: Sabotage | undefined
}

/** What came of a run. */
export interface SimulationResult {
  /** That replays it. */
  readonly seed: number
  /** What the seed decided before the run. */
  readonly plan: Plan
  /** The first guarantee that was broken; undefined where all held. */
  readonly violation: Violation | undefined
  /** One line an event, where that was asked for. */
  readonly transcript: readonly string[]
  /** What was reached how often. */
  readonly reached: ReadonlyMap<string, number>
  /** Timers that rang. */
  readonly steps: number
  /** Virtual milliseconds. */
  readonly elapsed: number
}

/** Faults have stopped: so long may everything take to complete, in virtual milliseconds. */
const LIVENESS_MS = 2 * 3_600_000
/** A run of this many timers goes round in circles. */
const MOST_STEPS = 60_000
/** Every so many seeds the event loop turns at every step, which tells of unhandled rejections. */
const STRICT_EVERY = 32
/** Multipart uploads that nobody needs may take so long to be aborted. */
const TIDY_MS = 20 * 60_000

/** One run: the unmodified core through the schedule of faults that the seed decides. */
export async function simulate(
  seed: number,
  options: SimulateOptions = {},
): Promise<SimulationResult> {
  await preloadCore()
  const random = new SeededRandom(seed)
  const plan = makePlan(seed, random, options)
  const transcript = options.transcript ? new Transcript() : undefined
  const world = new World(plan, random, transcript)
  const device = new Device(world)
  const user = new SimUser(world, device, options.sabotage ?? ((ports) => ports))
  const idleSlots = new IdleSlots(world, device)
  const drain = seed % STRICT_EVERY === 0 ? drainEventLoop : drainMicrotasks
  const { clock } = world
  const unhandled = (error: unknown): void =>
    world.violate('11 errors', `unhandled rejection: ${String(error)}`)
  process.on('unhandledRejection', unhandled)

  const traces = [...device.referee.traces.values()]
  const allOver = (): boolean => traces.every(({ over }) => over !== undefined)
  let steps = 0
  /** Lets time pass until it is so late, or until `until` holds. */
  const run = async (end: number, until: () => boolean): Promise<boolean> => {
    for (;;) {
      await drain()
      user.screen.lookAtAll()
      checkQuiet(world, device, user, idleSlots)
      if (world.violation !== undefined || until()) return true
      const next = clock.nextAt()
      if (next === undefined || next > end) return false
      clock.runNext()
      steps += 1
      if (steps > MOST_STEPS) {
        world.violate('liveness', `${MOST_STEPS} timers rang and it still goes on`)
        return true
      }
    }
  }

  scheduleTrouble(world, device, user)
  user.start()
  await run(plan.chaosMs, allOver)
  world.healthy = true
  world.outage = undefined
  world.note('faults', () => 'stop')
  const deadline = clock.now() + LIVENESS_MS
  // What the user does now may be undone by a restart that was under way: the user does it again.
  for (let round = 1; !allOver() && world.violation === undefined; round += 1) {
    user.recover()
    if (clock.now() >= deadline) break
    const end = Math.min(deadline, clock.now() + round * 30_000)
    clock.setTimer(() => {}, end - clock.now())
    await run(end, allOver)
    giveUpLost(world, device)
  }
  if (world.violation === undefined && !allOver()) {
    const stuck = traces.filter(({ over }) => over === undefined)
    const names = stuck.map(({ name, handle }) => {
      const snapshot = handle?.getSnapshot()
      return `${name} is ${snapshot?.status} (${snapshot?.waitingFor?.reason ?? snapshot?.error?.code ?? '-'})`
    })
    world.violate('liveness', names.join(', '))
  }
  if (world.violation === undefined) {
    await run(clock.now() + TIDY_MS, () => false)
    checkTidy(world, device, user)
  }
  await drainEventLoop()
  process.off('unhandledRejection', unhandled)
  return {
    seed,
    plan,
    violation: world.violation,
    transcript: transcript?.lines ?? [],
    reached: world.reached,
    steps,
    elapsed: clock.now(),
  }
}

/** Uploads that cannot complete, for reasons that are not the core's. */
function giveUpLost(world: World, device: Device): void {
  for (const trace of device.referee.traces.values()) {
    const snapshot = trace.handle?.getSnapshot()
    if (trace.over !== undefined || snapshot === undefined) continue
    const { waitingFor, error } = snapshot
    // Nobody can open the file again.
    const lost = world.has('no-reopen') && waitingFor?.reason === 'file'
    const reason = error?.code
    const gone =
      world.has('no-reopen') && (reason === 'file_not_found' || reason === 'source_changed')
    const masked = world.has('masked-errors') && reason === 'backend_rejected'
    const blind = reason === 'complete_uncertain' && trace.uncertain
    if (lost || gone || masked || blind) trace.over = 'given up'
  }
}
