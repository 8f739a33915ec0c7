import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumArguments } from '@s3-bg-uploader/chromium'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** A Chromium with a profile of its own, which keeps what pages keep as a user's does. */
export interface Browser {
  readonly context: BrowserContext
  newPage(): Promise<Page>
  /** What pages threw and nobody caught. */
  readonly uncaught: readonly string[]
  /** Lines that pages, or the browser about them, wrote to the console as errors. */
  readonly consoleErrors: readonly string[]
  close(): Promise<void>
}

/** Starts the Chromium that `run.mjs` has found. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH
  if (executablePath === undefined) throw new Error('Start these tests by npm run test:browser')
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: chromiumArguments,
    // Without a locale it cannot open files whose names are not plain ASCII.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    // On, as users have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  const uncaught: string[] = []
  const consoleErrors: string[] = []
  context.on('weberror', (thrown) => uncaught.push(String(thrown.error())))
  context.on('console', (line) => {
    if (line.type() === 'error') consoleErrors.push(line.text())
  })
  return {
    context,
    newPage: () => context.newPage(),
    uncaught,
    consoleErrors,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
