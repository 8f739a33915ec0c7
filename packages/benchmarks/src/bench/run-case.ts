import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Case, titleOf } from './case.ts'
import type { Contestant } from './contestants.ts'
import { runLap } from './lap.ts'
import type { CaseResult, Lap, Outcome } from './outcome.ts'
import { ServerProcess } from './server-process.ts'
import type { Task } from './task.ts'

const BLOCK_BYTES = 1024 * 1024

interface Entry {
  readonly contestant: Contestant
  readonly laps: Lap[]
  failure: string | undefined
}

/**
 * Lets the contestants of a case take turns, against one server. Whoever fails is out of the case, and
 * the result says why.
 */
export async function runCase(
  one: Case,
  rounds: number,
  peers: string | undefined,
  place: string,
): Promise<CaseResult> {
  const directory = join(place, 'files')
  const paths = await writeFiles(directory, one)
  const server = await ServerProcess.start({ ...one.server, partSize: one.partSize, peers })
  const bytes = one.files * one.fileBytes
  const { origin } = server
  const { partSize, slots } = one
  const task = { origin, directory, paths, bytes, partSize, slots, peers }
  const entries: Entry[] = one.contestants.map((contestant) => ({
    contestant,
    laps: [],
    failure: undefined,
  }))
  const turn = async (entry: Entry): Promise<void> => {
    if (entry.failure !== undefined) return
    try {
      entry.laps.push(await lap(entry.contestant, one, task, server, place))
    } catch (error) {
      entry.failure = error instanceof Error ? error.message : String(error)
      // Nobody is asked about a lap that did not end.
      await server.traffic()
    }
  }
  try {
    // The first lap warms up what all share, and is not counted.
    for (const entry of entries.length > 1 ? entries.slice(0, 1) : []) {
      await turn(entry)
      entry.laps.length = 0
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of entries) await turn(entry)
      process.stdout.write('.')
    }
  } finally {
    server.stop()
    await rm(directory, { recursive: true })
  }
  const outcomes = entries.map(
    ({ contestant, laps, failure }): Outcome => ({
      name: contestant.name,
      laps: failure === undefined ? laps : [],
      failure,
    }),
  )
  const perGigabyte = one.fileBytes >= 1e7
  return {
    id: one.id,
    title: titleOf(one),
    bytes,
    perGigabyte,
    slow: one.server.putDelayMs > 0 || one.server.rttMs > 0,
    outcomes,
  }
}

async function lap(
  contestant: Contestant,
  one: Case,
  task: Omit<Task, 'scratch'>,
  server: ServerProcess,
  place: string,
): Promise<Lap> {
  const scratch = await mkdtemp(join(place, 'lap-'))
  try {
    const figures = await runLap(contestant, { ...task, scratch })
    const { bytes, puts, refused, parallel } = await server.traffic()
    if (one.sends === 'everything' && bytes < task.bytes) {
      throw new Error(`${contestant.name} sent ${bytes} of ${task.bytes} bytes`)
    }
    return { ...figures, puts, refused, busy: parallel / task.slots }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** Files of which no two are the same; writing leaves them in the page cache. */
async function writeFiles(directory: string, one: Case): Promise<readonly string[]> {
  await mkdir(directory)
  const block = new Uint8Array(BLOCK_BYTES).map((_, at) => Math.imul(at, 0x9e3779b1) >>> 24)
  const paths = Array.from({ length: one.files }, (_, at) => join(directory, `file-${at}.bin`))
  for (const [at, path] of paths.entries()) {
    const file = await open(path, 'w')
    new DataView(block.buffer).setUint32(0, at)
    for (let rest = one.fileBytes; rest > 0; rest -= BLOCK_BYTES) {
      await file.write(block, 0, Math.min(rest, BLOCK_BYTES))
    }
    await file.close()
  }
  return paths
}
