import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumArguments, requireChromium } from '@s3-bg-uploader/chromium'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import type { Lap, Name, Race } from './page.ts'
import type { Task } from './task.ts'

export const PART_SIZE: number = 5 * 1024 * 1024
export const NAMES: readonly Name[] = ['ours', 'uppy', 'sameCalls', 'barePuts']

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
    await writeFileOf(megabytes * 1e6, path)
    const laps: Record<Name, Lap[]> = { ours: [], uppy: [], sameCalls: [], barePuts: [] }
    const task: Task = { partSize: PART_SIZE, slots: 6, storage }
    // The first round warms up what all share and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of NAMES) {
        const page = await browser.newPage()
        await page.goto(backend)
        await page.waitForFunction('globalThis.race')
        await page.setInputFiles('input', path)
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

/** Writing leaves it in the page cache. */
async function writeFileOf(bytes: number, path: string): Promise<void> {
  const block = randomBytes(1024 * 1024)
  const file = await open(path, 'w')
  for (let rest = bytes; rest > 0; rest -= block.length) {
    await file.write(block, 0, Math.min(rest, block.length))
  }
  await file.close()
}
