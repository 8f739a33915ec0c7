import { join } from 'node:path'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'

interface Line {
  readonly name: string
  readonly urlTtlSeconds: number
  /** Of the big file. */
  readonly parts: number
  /** Files besides, most of one part. */
  readonly small?: number
  /** How long the parts of the big file take on this line, one as the next. */
  readonly partSeconds: readonly [number, ...number[]]
  /** The most urls calls for each part. */
  readonly callsPerPart: number
}

const PART_SIZE = 64 * 1024

const LINES: readonly Line[] = [
  { name: '2 s, 0.5 s a part', urlTtlSeconds: 2, parts: 48, partSeconds: [0.5], callsPerPart: 0.5 },
  { name: '2 s, 5 s a part', urlTtlSeconds: 2, parts: 18, partSeconds: [5], callsPerPart: 1 },
  {
    name: '2 s, 1 to 7 s a part',
    urlTtlSeconds: 2,
    parts: 30,
    partSeconds: [1, 4, 2, 7, 3],
    callsPerPart: 1,
  },
  { name: '1 s, 2 s a part', urlTtlSeconds: 1, parts: 24, partSeconds: [2], callsPerPart: 1 },
  // Every file has its URL signed when its turn seems near, and again when it was not.
  {
    name: '2 s, many files',
    urlTtlSeconds: 2,
    parts: 2,
    small: 30,
    partSeconds: [5],
    callsPerPart: 6,
  },
]

/** URLs that expire while their part is on its way, which is no harm, and none may have before. */
export const shortUrlLife: Trial = {
  name: 'short-url-life',
  title: 'URLs that live for a second or two, on a slow line',
  async run(dir) {
    const reports = await Promise.all(LINES.map((line) => uploadOver(line, join(dir, line.name))))
    return {
      violations: reports.flatMap(({ violations }) => violations),
      lines: reports.map(({ line }) => line),
    }
  },
}

async function uploadOver(
  line: Line,
  dir: string,
): Promise<{ violations: string[]; line: string }> {
  const { name, partSeconds, callsPerPart } = line
  const bench = await Bench.open(dir, { ...line, partSize: PART_SIZE })
  const { witness, totalParts, violations } = bench
  witness.paceOf = (part) => PART_SIZE / (partSeconds[part % partSeconds.length] ?? partSeconds[0])
  const startedAt = performance.now()
  try {
    bench.checkEnd('the client', await bench.upload().ended, 0)
    await bench.checkStored()
  } finally {
    await bench.close()
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const { attempts, counts, signed } = witness
  const refused = attempts.filter(({ status }) => status === 403)
  const latest = Math.max(0, ...refused.map(({ urlLeftMs }) => -urlLeftMs))
  // Dates in HTTP and in URLs are of whole seconds, so a client can be wrong by one; and it is busy.
  bench.check(latest <= 1500, `a URL had expired ${latest} ms before it was used`)
  bench.check(refused.length <= totalParts, `${refused.length} × 403 for ${totalParts} parts`)
  bench.check(
    counts.urls <= callsPerPart * totalParts,
    `${counts.urls} urls calls for ${totalParts} parts`,
  )
  const figures = [
    `${totalParts} parts in ${attempts.length} PUTs`,
    `${refused.length} × 403${refused.length > 0 ? ` (at most ${latest} ms late)` : ''}`,
    `${counts.urls} urls calls for ${signed} URLs`,
    `${seconds} s`,
  ]
  return {
    violations: violations.map((violation) => `${name}: ${violation}`),
    line: `${name.padEnd(22)} ${figures.join('; ')}`,
  }
}
