/**
 * Measures the same upload in one page of Chromium by us, by Uppy and by bare XMLHttpRequests, which
 * are the floor: once with the same calls and the same hash, once with nothing but the PUTs.
 *
 *     npm --prefix packages/benchmarks run chromium -- [rounds = 3] [MB = 200] [delay ms = 50]
 *
 * A urls call takes the delay and so does each PUT once its bytes are there; parts have 5 MiB, six go
 * at once. Contenders take turns, the median of the rounds counts. Chromium is looked for at
 * CHROMIUM_PATH and /usr/bin/chromium.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Lap, Name, Race } from './page.ts'
import type { Phases } from './phases.ts'
import type { Task } from './task.ts'

const [rounds = 3, megabytes = 200, delayMs = 50] = process.argv.slice(2).map(Number)
const PART_SIZE = 5 * 1024 * 1024
const NAMES: readonly Name[] = ['ours', 'uppy', 'sameCalls', 'barePuts']

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
if (!existsSync(executablePath)) {
  console.log('Skipped: there is no Chromium. Install it, or say by CHROMIUM_PATH where it is.')
  process.exit(process.env.CI === 'true' ? 1 : 0)
}

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
})
const script = fileURLToPath(new URL('slow-storage.js', import.meta.url))
const server = fork(script, [String(PART_SIZE), String(delayMs)])
server.send(outputFiles[0]?.text ?? '')
const [{ backend, storage }] = (await once(server, 'message')) as [
  { readonly backend: string; readonly storage: string },
]
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  const laps: Record<Name, Lap[]> = { ours: [], uppy: [], sameCalls: [], barePuts: [] }
  const task: Task = { bytes: megabytes * 1e6, partSize: PART_SIZE, slots: 6, storage }
  // The first round warms up what all share and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of NAMES) {
      const page = await browser.newPage()
      await page.goto(backend)
      await page.waitForFunction('globalThis.race')
      const lap = await page.evaluate(
        ([contender, given]) => (globalThis as unknown as { race: Race }).race(contender, given),
        [name, task] as const,
      )
      await page.close()
      if (round > 0) laps[name].push(lap)
    }
  }
  const took = (name: Name): number => median(laps[name].map((lap) => lap.took))
  const parts = Math.ceil(task.bytes / PART_SIZE)
  console.log(
    `${megabytes} MB in ${parts} parts, ${delayMs} ms a call, medians of ${rounds} rounds`,
  )
  console.table(
    Object.fromEntries(
      NAMES.map((name) => [
        name,
        {
          seconds: (took(name) / 1000).toFixed(2),
          '× same calls': (took(name) / took('sameCalls')).toFixed(2),
          '× bare PUTs': (took(name) / took('barePuts')).toFixed(2),
          'ours is faster by': (took(name) / took('ours')).toFixed(2),
        },
      ]),
    ),
  )
  console.log('Where the time goes, in milliseconds:')
  console.table({ ours: medianPhases(laps.ours), sameCalls: medianPhases(laps.sameCalls) })
} finally {
  await browser.close()
  server.disconnect()
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function medianPhases(laps: readonly Lap[]): Record<keyof Phases, number> {
  const of = (phase: keyof Phases): number =>
    Math.round(median(laps.map(({ phases }) => phases?.[phase] ?? Number.NaN)))
  return {
    hash: of('hash'),
    start: of('start'),
    urls: of('urls'),
    puts: of('puts'),
    idle: of('idle'),
    complete: of('complete'),
  }
}
