import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comparison, compare } from '../../adaptive/compare.ts'
import { raceInChromium } from '../../chromium/race.ts'
import type { QueueCost } from '../../journal/queue-cost.ts'
import { median } from '../outcome.ts'
import { measureBundles } from './bundle.ts'

/** What is measured once in a run, and not against contestants on Node. */
export interface Probes {
  readonly journal?: JournalFigures
  readonly bundle?: BundleFigures
  readonly chromium?: ChromiumFigures
  /** In virtual time. */
  readonly adaptive?: readonly Comparison[]
}

export interface JournalFigures {
  readonly fewParts: number
  /** Bytes written for each part, of an upload of so few parts. */
  readonly bytesPerFewParts: number
  readonly manyParts: number
  readonly bytesPerManyParts: number
  readonly queue: QueueCost
}

/** Bytes. */
export interface BundleFigures {
  readonly ours: number
  /** Without what comes later, by `import()`. */
  readonly firstLoad: number
  readonly uppy: number
  readonly tus?: number
  readonly libStorage?: number
}

/** Seconds, medians. */
export interface ChromiumFigures {
  readonly ours: number
  readonly uppy: number
  readonly sameCalls: number
  readonly barePuts: number
}

export type ProbeName = keyof Probes

/** In words, for people; in the order in which they are measured. */
export const PROBE_TITLES: Readonly<Record<ProbeName, string>> = {
  journal: 'bytes of the journal; 100,000 uploads in it',
  bundle: 'what a page loads',
  chromium: '200 MB in Chromium, 50 ms a call',
  adaptive: 'slots found by trying, in virtual time',
}

export const PROBES: readonly ProbeName[] = Object.keys(PROBE_TITLES) as ProbeName[]

/** Of the luck in the model: any would do. */
const SEED = 1

export interface ProbeOptions {
  readonly rounds: number
  readonly peers: string | undefined
  /** A folder for what is written on the way. */
  readonly place: string
}

/** @throws Error that says why it cannot be measured here. */
export async function probe(
  name: ProbeName,
  { rounds, peers, place }: ProbeOptions,
): Promise<Probes> {
  switch (name) {
    case 'journal':
      return { journal: await probeJournal(place) }
    case 'bundle':
      return { bundle: await measureBundles(peers) }
    case 'chromium':
      return { chromium: await probeChromium(rounds) }
    case 'adaptive':
      return { adaptive: await compare(SEED) }
  }
}

async function probeJournal(place: string): Promise<JournalFigures> {
  const folder = mkdtempSync(join(place, 'journal-'))
  const child = fork(fileURLToPath(new URL('journal.js', import.meta.url)), [folder])
  try {
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`The measuring of the journal ended with ${code}`)
    })
    const [figures] = await Promise.race([once(child, 'message'), exited])
    return figures as JournalFigures
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
  }
}

async function probeChromium(rounds: number): Promise<ChromiumFigures> {
  const laps = await raceInChromium({ rounds, megabytes: 200, delayMs: 50 })
  const seconds = (name: keyof ChromiumFigures): number =>
    median(laps[name].map(({ took }) => took)) / 1000
  return {
    ours: seconds('ours'),
    uppy: seconds('uppy'),
    sameCalls: seconds('sameCalls'),
    barePuts: seconds('barePuts'),
  }
}
