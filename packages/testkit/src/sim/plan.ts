import type { QueueWindow } from '@s3-bg-uploader/core'
import { FAULT_CLASSES, type FaultClass } from './fault-classes.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A file of a run. */
export interface FilePlan {
  /** Its path in the simulated world. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** The group that it is added to. */
  readonly transferId: string | undefined
  /** When the user adds it, in milliseconds. */
  readonly addedAt: number
  /** The platform tells lastModified. */
  readonly hasMtime: boolean
  /** The source hashes natively. */
  readonly nativeHash: boolean
}

/** What a seed decides before the run begins. */
export interface Plan {
  /** From which everything follows. */
  readonly seed: number
  /** How likely each class strikes where it can; classes that are not in it never strike. */
  readonly faults: ReadonlyMap<FaultClass, number>
  /** The files that the user adds. */
  readonly files: readonly FilePlan[]
  /** What the backend answers, bytes. */
  readonly partSize: number
  /** What the uploader is made with. */
  readonly concurrency: number
  /** A narrow storage takes so many PUTs at once. */
  readonly storageWidth: number
  /** How many parts a queue takes at once, and bytes of them. */
  readonly window: QueueWindow
  /** Milliseconds that a request or an answer takes, about. */
  readonly latencyMs: number
  /** Milliseconds that the bytes of a part take, about. */
  readonly bodyMs: number
  /** Milliseconds that a write of the journal takes, about. */
  readonly storeMs: number
  /** Seconds. */
  readonly urlLife: number
  /** Milliseconds by which the device's clock is ahead. */
  readonly skewMs: number
  /** The backend has listParts. */
  readonly canList: boolean
  /** The backend has abort. */
  readonly canAbort: boolean
  /** ETags are sent back with their quotes. */
  readonly verbatimEtags: boolean
  /** Start and urls are called with a slash at the end. */
  readonly trailingSlash: boolean
  /** The client is made without a configuration and gets it later. */
  readonly lateConfig: boolean
  /** How long faults strike, in milliseconds. */
  readonly chaosMs: number
  /** Everything takes as long as the time before. */
  readonly steady: boolean
}

/** What a run may not have, or has at most. */
export interface PlanLimits {
  /** Classes that must not strike. */
  readonly without?: ReadonlySet<FaultClass> | undefined
  /** The only classes that may strike. */
  readonly only?: ReadonlySet<FaultClass> | undefined
  /** Classes that strike whatever the seed says. */
  readonly always?: ReadonlySet<FaultClass> | undefined
  /** Most files of a run. */
  readonly maxFiles?: number | undefined
}

/** Classes that change the whole run are drawn more seldom. */
const RARE: ReadonlyMap<FaultClass, number> = new Map([
  ['many-files', 0.01],
  ['long-files', 0.02],
  ['waiting-files', 0.01],
  ['slow-backend', 0.05],
  ['no-reopen', 0.06],
  ['no-progress', 0.08],
  ['slow', 0.1],
  ['background', 0.15],
  ['no-date', 0.1],
  ['clock-jump', 0.1],
  ['corrupt-record', 0.15],
  ['crash', 0.3],
  ['kept-files', 0.3],
  ['narrow-storage', 0.02],
  ['shared-line', 0.02],
  ['slow-connection', 0.05],
])

/** More than are admitted at once with any number of slots. */
const MANY = 30

const USUAL_SHARE = 0.13

/** Nothing is sent for so long with these that URLs may expire in everybody's hands. */
const STOPPING: readonly FaultClass[] = ['dead-network', 'freeze', 'offline', 'outage', 'pause']

export function makePlan(seed: number, random: SeededRandom, limits: PlanLimits = {}): Plan {
  const faults = new Map<FaultClass, number>()
  for (const fault of FAULT_CLASSES) {
    const chosen = random.chance(`plan.${fault}`, RARE.get(fault) ?? USUAL_SHARE)
    const rate = random.pick('plan.rate', [0.03, 0.1, 0.3])
    const allowed = limits.only === undefined || limits.only.has(fault)
    const strikes = limits.always?.has(fault) || (chosen && allowed)
    if (strikes && !limits.without?.has(fault)) faults.set(fault, rate)
  }
  // Such a queue could not open its files.
  if (faults.has('background')) faults.delete('no-reopen')
  if (faults.has('no-reopen')) faults.delete('kept-files')
  const partSize = random.between('plan.partSize', 4, 12)
  const most = limits.maxFiles ?? MANY
  const usual = Math.min(most, countFiles(random, faults.has('many-files')))
  const crowded = faults.has('narrow-storage') || faults.has('shared-line')
  const waiting = faults.has('waiting-files')
  const long = crowded || waiting || faults.has('long-files')
  const count = waiting ? Math.min(most, 2) : long ? Math.min(usual, 2) : usual
  const chaosMs = random.pick('plan.chaosMs', [3_000, 20_000, 120_000, 600_000])
  const canReopen = !faults.has('no-reopen')
  const files: FilePlan[] = []
  for (let index = 0; index < count; index += 1) {
    const late = random.chance('plan.late', 0.2) ? random.draw('plan.addedAt') : 0
    files.push({
      name: `f${index}`,
      size: long ? longSize(random, partSize) : sizeOf(random, partSize),
      transferId: random.chance('plan.transfer', 0.3) ? 'trip' : undefined,
      addedAt: Math.floor(late ** 3 * chaosMs),
      hasMtime: canReopen || random.chance('plan.hasMtime', 0.5),
      nativeHash: random.chance('plan.nativeHash', 0.2),
    })
  }
  return {
    seed,
    faults,
    files,
    partSize,
    concurrency: crowded
      ? random.pick('plan.crowd', [4, 6, 8, 16])
      : random.pick('plan.concurrency', waiting ? [1, 2] : [1, 2, 3, 6]),
    storageWidth: random.pick('plan.storageWidth', [1, 2, 4, 7]),
    window: {
      tasks: random.pick('plan.windowTasks', [1, 2, 5, 12, 40]),
      bytes: random.pick('plan.windowBytes', [3, 15, 100, 1_000]),
    },
    latencyMs: faults.has('slow')
      ? 3_000
      : random.pick('plan.latencyMs', waiting ? [200] : [1, 20, 200]),
    bodyMs: faults.has('slow') ? 8_000 : random.pick('plan.bodyMs', waiting ? [500] : [2, 50, 500]),
    storeMs: faults.has('slow-store') ? 3_000 : random.pick('plan.storeMs', [0, 1, 10]),
    urlLife: urlLifeOf(random, faults),
    skewMs: faults.has('skew')
      ? random.pick(
          'plan.skewMs',
          [-86_400_000, -3_600_000, -30_000, 30_000, 3_600_000, 86_400_000],
        )
      : 0,
    canList: random.chance('plan.canList', 0.5),
    canAbort: random.chance('plan.canAbort', 0.6),
    verbatimEtags: random.chance('plan.verbatimEtags', 0.1),
    trailingSlash: random.chance('plan.trailingSlash', 0.8),
    lateConfig: random.chance('plan.lateConfig', 0.05),
    chaosMs,
    // What others do to the line, or a bad connection, is no constant.
    steady:
      (random.chance('plan.steady', 0.1) || waiting) &&
      !faults.has('shared-line') &&
      !faults.has('slow-connection'),
  }
}

/** Long enough that some client could make it. */
function urlLifeOf(random: SeededRandom, faults: Plan['faults']): number {
  const usual = random.pick('plan.urlLife', [900, 3_600, 86_400, 604_800])
  const short = random.pick('plan.shortLife', [2, 4, 15, 60])
  if (faults.has('short-lived-urls')) return faults.has('slow') ? short + 30 : short
  // A file may wait for longer than that until the one before it is done, in one slot.
  const stops = STOPPING.some((fault) => faults.has(fault))
  const narrow = faults.has('narrow-storage') && random.chance('plan.waits', 0.5)
  const waits = !stops && (narrow || faults.has('waiting-files'))
  const brief = random.between('plan.briefLife', 20, 60)
  if (waits) return faults.has('slow') ? 10 * brief : brief
  return usual
}

function countFiles(random: SeededRandom, many: boolean): number {
  const few = random.draw('plan.files')
  if (many) return random.between('plan.manyFiles', 9, MANY)
  if (few < 0.75) return 1
  return few < 0.93 ? 2 : 3 + Math.floor((few - 0.93) * 40)
}

function longSize(random: SeededRandom, partSize: number): number {
  return random.between('plan.longSize', 30 * partSize, 90 * partSize)
}

/** The edges of the plan, and some in between. */
function sizeOf(random: SeededRandom, partSize: number): number {
  const parts = random.pick('plan.parts', [0, 1, 1, 2, 2, 3, 4, 9])
  const more = random.pick('plan.more', [-1, 0, 0, 1, 2])
  return Math.max(0, parts * partSize + more)
}
