import type { JournalFacts } from '../../src/torture/journal-facts.ts'
import { Referee } from '../../src/torture/referee.ts'
import type { StorageFacts } from '../../src/torture/storage-facts.ts'
import type { Attempt } from '../../src/torture/transcript.ts'

export const CONCURRENCY = 2
const PART_SIZE = 100

const FILES = [
  { name: 'big', size: 20 * PART_SIZE, parts: 20, sha256: 'sha of big' },
  { name: 'small', size: 10, parts: 1, sha256: 'sha of small' },
]

/** One run of the client, as the witness and the journal tell of it. */
export interface RecordedRun {
  killed: boolean
  attempts: Attempt[]
  journal: { files: Set<string>; completed: Map<string, string>; parts: Set<string> }
  problems: string[]
}

/** A whole torture, for a test to tamper with. */
export interface Transcript {
  readonly runs: [RecordedRun, RecordedRun, RecordedRun]
  readonly storage: { sha256: Map<string, string>; objects: number; unfinished: string[] }
  readonly told: Set<string>
}

/**
 * Two files in three runs: the first is killed with two parts on their way, the second with one that
 * was answered a moment ago and is not yet in the journal, the third one finishes.
 */
export function transcript(): Transcript {
  return {
    runs: [
      {
        killed: true,
        attempts: [
          ...answeredParts('small', 1, 1),
          ...answeredParts('big', 1, 8),
          attemptOf('big', 9, { bytes: 40 }),
          attemptOf('big', 10, { bytes: 60 }),
        ],
        journal: journalWith({ small: 1, big: 8 }),
        problems: [],
      },
      {
        killed: true,
        attempts: answeredParts('big', 9, 13),
        journal: journalWith({ small: 1, big: 12 }, ['small']),
        problems: [],
      },
      {
        killed: false,
        attempts: answeredParts('big', 13, 20),
        journal: journalWith({}, ['small', 'big']),
        problems: [],
      },
    ],
    storage: {
      sha256: new Map([
        ['key of big', 'sha of big'],
        ['key of small', 'sha of small'],
      ]),
      objects: 2,
      unfinished: [],
    },
    told: new Set(['id of big', 'id of small']),
  }
}

/** What a referee finds wrong with it. */
export function violationsOf({ runs, storage, told }: Transcript): readonly string[] {
  const referee = new Referee(FILES, CONCURRENCY)
  for (const [index, { killed, attempts, journal, problems }] of runs.entries()) {
    const facts: JournalFacts = { ...journal, problems }
    referee.judge({ run: index + 1, killed }, attempts, facts)
  }
  const last: JournalFacts = { ...runs[2].journal, problems: [] }
  referee.judgeEnd(last, storage satisfies StorageFacts, told)
  return referee.violations
}

/** The parts of a file from the first to the last, sent one after the other. */
export function answeredParts(file: string, first: number, last: number): Attempt[] {
  return Array.from({ length: last - first + 1 }, (_, index) =>
    attemptOf(file, first + index, { status: 200, answered: first + index }),
  )
}

export function attemptOf(file: string, part: number, facts: Partial<Attempt> = {}): Attempt {
  return {
    file,
    part,
    run: 0,
    urlLeftMs: 3_600_000,
    bytes: file === 'big' ? PART_SIZE : 10,
    status: undefined,
    answered: undefined,
    backendKilled: false,
    ...facts,
  }
}

/** @param parts how many of each file are in it, from the first. */
function journalWith(
  parts: Readonly<Record<string, number>>,
  completed: readonly string[] = [],
): RecordedRun['journal'] {
  return {
    files: new Set(['big', 'small']),
    completed: new Map(completed.map((name) => [name, `key of ${name}`])),
    parts: new Set(
      Object.entries(parts).flatMap(([name, count]) =>
        Array.from({ length: count }, (_, index) => `${name} part ${index + 1}`),
      ),
    ),
  }
}
