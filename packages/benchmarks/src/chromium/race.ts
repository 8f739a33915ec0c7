import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromiumArguments, requireChromium } from '@s3-bg-uploader/chromium'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import type { Lap, Name, Race } from './page.ts'
import { writeRandomFile } from './random-file.ts'
import type { Task } from './task.ts'

export const PART_SIZE: number = 5 * 1024 * 1024
export const NAMES: readonly Name[] = ['ours', 'uppy', 'sameCalls', 'barePuts']

/**
 * For a while after a page was opened the browser is busy with what is not of the page (such as a process
 * for the next one), and whatever begins then, a hash or the first PUTs, takes twice as long.
 */
const SETTLE_MS = 1000

export interface RaceOptions {
  readonly rounds: number
  readonly megabytes: number
  /** Added to each call for URLs, and to each PUT once its bytes are there. */
  readonly delayMs: number
}

/**
 * The same upload by all contenders, in turns, each in a new page where the same file is chosen: one on
 * the disk, as users have it.
 *
 * @throws Error when there is no Chromium.
 */
export async function raceInChromium(
  options: RaceOptions,
): Promise<Readonly<Record<Name, readonly Lap[]>>> {
  const executablePath = requireChromium()
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
  })
  const server = fork(fileURLToPath(new URL('slow-storage.js', import.meta.url)), [
    ...[String(PART_SIZE), String(options.delayMs)],
  ])
  try {
    server.send(outputFiles[0]?.text ?? '')
    const [places] = (await once(server, 'message')) as [Places]
    const browser = await chromium.launch({ executablePath, args: chromiumArguments })
    try {
      return await runLaps(browser, places, options)
    } finally {
      await browser.close()
    }
  } finally {
    server.disconnect()
  }
}

interface Places {
  readonly backend: string
  readonly storage: string
}

async function runLaps(
  browser: Browser,
  { backend, storage }: Places,
  { rounds, megabytes }: RaceOptions,
): Promise<Readonly<Record<Name, readonly Lap[]>>> {
  const folder = await mkdtemp(join(tmpdir(), 'race-'))
  try {
    const path = join(folder, 'video.bin')
    await writeRandomFile(megabytes * 1e6, path)
    const laps: Record<Name, Lap[]> = { ours: [], uppy: [], sameCalls: [], barePuts: [] }
    const task: Task = { partSize: PART_SIZE, slots: 6, storage }
    // The first round warms up what all share and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      // Nobody always comes first, or after the same one.
      const first = round % NAMES.length
      for (const name of [...NAMES.slice(first), ...NAMES.slice(0, first)]) {
        const page = await browser.newPage()
        await page.goto(backend)
        await page.waitForFunction('globalThis.race')
        await page.setInputFiles('input', path)
        await pause(SETTLE_MS)
        const lap = await page.evaluate(
          ([contender, given]) => (globalThis as unknown as { race: Race }).race(contender, given),
          [name, task] as const,
        )
        await page.close()
        if (round > 0) laps[name].push(lap)
      }
    }
    return laps
  } finally {
    await rm(folder, { recursive: true })
  }
}
