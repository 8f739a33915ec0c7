import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { type Browser, openBrowser } from './browser.ts'
import { openPageServer } from './page-server.ts'
import type {} from './pages/app.ts'
import { type ServedBackend, type ServedBackendOptions, serveBackend } from './served-backend.ts'

/** A browser, and a page, a backend and a storage at three origins. For one test. */
export interface Stage {
  readonly browser: Browser
  readonly backend: ServedBackend
  /** Of the script, with a journal that stays from page to page. */
  readonly pageUrl: string
  /** Of a page of another site, which does nothing. */
  readonly elsewhere: string
  /** Opens it and waits until it has its uploader. */
  openPage(): Promise<Page>
  /** Waits the same way for a page that was opened or reloaded by other means. */
  ready(page: Page): Promise<void>
}

export interface StageOptions extends ServedBackendOptions {
  /** Of `pages/`. Default: `uploads`. */
  readonly script?: 'uploads' | 'shared-uploads'
  /** Of the journal. */
  readonly maxKeptBytes?: number
  /** Whether the backend has a listPartsApi, by which even a lost journal gets its parts back. */
  readonly listsParts?: boolean
  readonly csp?: (origins: { readonly backend: string; readonly storage: string }) => string
}

const MIB = 1024 * 1024

/** Everything is closed when the test is over. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { script = 'uploads', maxKeptBytes = 512 * MIB, listsParts = false, csp, ...rest } = options
  const [browser, pages, backend] = await Promise.all([
    openBrowser(),
    openPageServer(),
    serveBackend(rest),
  ])
  onTestFinished(async () => {
    await browser.close()
    await Promise.all([pages.close(), backend.close()])
  })
  const { listPartsApi, ...plain } = backend.mock.config
  const config = listsParts ? { ...plain, listPartsApi } : plain
  const origins = {
    backend: new URL(config.startUploadApi).origin,
    storage: backend.storageOrigin,
  }
  const pageUrl = pages.url(script, {
    config: JSON.stringify(config),
    maxKeptBytes: String(maxKeptBytes),
    ...(csp === undefined ? {} : { csp: csp(origins) }),
  })
  const ready = async (page: Page): Promise<void> => {
    await page.waitForFunction(() => 'app' in globalThis)
  }
  return {
    browser,
    backend,
    pageUrl,
    elsewhere: pages.url('blank').replace('127.0.0.1', 'localhost'),
    ready,
    async openPage() {
      const page = await browser.newPage()
      await page.goto(pageUrl)
      await ready(page)
      return page
    },
  }
}
