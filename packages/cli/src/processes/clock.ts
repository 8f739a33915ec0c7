import { join } from 'node:path'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'

const PART_SIZE = 64 * 1024
const DAY = 24 * 60 * 60 * 1000

/** By how much a clock is wrong, in milliseconds; it goes from one to the next every 300 ms. */
const CLOCKS: readonly (readonly [name: string, offsets: readonly number[]])[] = [
  ['a day ahead', [DAY]],
  ['a day behind', [-DAY]],
  ['jumping', [0, DAY, -DAY]],
]

/** Clients with wrong clocks, and URLs that live for less than the upload takes. */
export const clock: Trial = {
  name: 'clock',
  title: 'a client whose wall clock is wrong sends no part to an expired URL',
  async run(dir) {
    const reports = await Promise.all(
      CLOCKS.map(([name, offsets]) => uploadBy(name, offsets, join(dir, name))),
    )
    return {
      violations: reports.flatMap(({ violations }) => violations),
      lines: reports.map(({ line }) => line),
    }
  },
}

async function uploadBy(
  name: string,
  offsets: readonly number[],
  dir: string,
): Promise<{ violations: string[]; line: string }> {
  const bench = await Bench.open(dir, { parts: 120, partSize: PART_SIZE, urlTtlSeconds: 4 })
  const { witness, violations } = bench
  // Six at once: a part takes 0.4 s, all of them 8 s, and a URL lives for 4.
  witness.paceOf = () => PART_SIZE / 0.4
  const preload = new URL(`./preloads/shifted-clock.js?${offsets.join()}#300`, import.meta.url)
  const startedAt = performance.now()
  try {
    bench.checkEnd('the client', await bench.upload({ preload }).ended, 0)
    await bench.checkStored()
  } finally {
    await bench.close()
  }
  const seconds = (performance.now() - startedAt) / 1000
  const wrongBy = (await createdAt(bench.state)) - Date.now()
  const isAsWrong = offsets.some((offset) => Math.abs(wrongBy - offset) < DAY / 24)
  bench.check(isAsWrong, `its clock was wrong by ${wrongBy} ms`)
  bench.check(seconds > 7, 'it was too fast for a URL to expire')
  const { attempts, counts, signed } = witness
  const expired = attempts.filter(({ urlLeftMs }) => urlLeftMs <= 0).length
  const refused = attempts.filter(({ status }) => status === 403).length
  bench.check(expired === 0, `${expired} parts were sent to a URL that had expired`)
  bench.check(refused === 0, `${refused} parts were answered 403`)
  const figures = [
    `${attempts.length} PUTs, ${expired} on an expired URL, ${refused} × 403`,
    `${counts.urls} urls calls for ${signed} URLs`,
    `${seconds.toFixed(1)} s`,
  ]
  return {
    violations: violations.map((violation) => `${name}: ${violation}`),
    line: `${name.padEnd(14)} ${figures.join('; ')}`,
  }
}

/** When the client thought that the upload began. */
async function createdAt(state: string): Promise<number> {
  const store = levelStore(state, { createIfMissing: false })
  const records = await store.read()
  await store.close()
  const [, record = '{}'] = records.find(([key]) => key.startsWith('u/')) ?? []
  return JSON.parse(record).createdAt
}
