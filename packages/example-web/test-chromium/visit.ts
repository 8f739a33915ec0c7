import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { chromiumArguments } from '@s3-bg-uploader/chromium'
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
  type Route,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type ServedPage, servePage } from './served-page.ts'

export const MIB = 1024 * 1024

/** A file that is put into a file input. */
export interface TestFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

export function testFile(name: string, size: number): TestFile {
  return { name, mimeType: 'application/octet-stream', buffer: randomBytes(size) }
}

/** What becomes of the PUT of a part: it goes on to the backend, it is held, or it is answered. */
export type PutFate = 'send' | 'hold' | Parameters<Route['fulfill']>[0]

/** A user's visit: a browser profile of its own, and the page in a tab of it. */
export class Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly #served: ServedPage
  readonly thrown: string[] = []
  /** Numbers of the parts that were sent, in order. */
  readonly sentParts: number[] = []
  fateOf: (partNumber: number) => PutFate | Promise<PutFate> = () => 'send'

  constructor(context: BrowserContext, page: Page, served: ServedPage) {
    this.context = context
    this.page = page
    this.#served = served
  }

  async begin(): Promise<void> {
    this.context.on('weberror', (error) => this.thrown.push(String(error.error())))
    await this.context.route('**/api/parts/**', (route) => this.#put(route))
    // The native pickers cannot be driven; without them the page falls back to inputs.
    await this.context.addInitScript(() => {
      Reflect.deleteProperty(window, 'showOpenFilePicker')
      Reflect.deleteProperty(window, 'showDirectoryPicker')
    })
    await this.open(this.page)
  }

  async open(page: Page): Promise<void> {
    await page.goto(this.#served.url)
    await page.locator('button:enabled').first().waitFor()
  }

  async add(files: readonly TestFile[], page: Page = this.page): Promise<void> {
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose files' }).click()
    await (await chooser).setFiles([...files])
  }

  row(name: string, page: Page = this.page): Locator {
    return page.getByRole('listitem').filter({ hasText: name })
  }

  /** Waits until the page says that it is done, and compares what the backend has. */
  async expectStored(file: TestFile): Promise<void> {
    const row = this.row(file.name)
    await row.getByText('Done', { exact: true }).waitFor()
    const key = await row.locator('.stored').textContent()
    const stored = await readFile(this.#served.objectPath(key ?? ''))
    expect(digest(stored)).toBe(digest(file.buffer))
  }

  async #put(route: Route): Promise<void> {
    const partNumber = Number(/\/(\d+)\?/.exec(route.request().url())?.[1])
    const fate = await this.fateOf(partNumber)
    if (fate === 'hold') return
    if (fate !== 'send') return route.fulfill(fate)
    this.sentParts.push(partNumber)
    await route.continue()
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A visit for every test of a file. */
export function visits(): { readonly visit: Visit } {
  let served: ServedPage
  let browser: Browser
  const current: { visit: Visit } = { visit: undefined as unknown as Visit }
  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM_PATH
    if (executablePath === undefined) throw new Error('Start these tests by npm run test:browser')
    served = await servePage()
    browser = await chromium.launch({ executablePath, args: [...chromiumArguments] })
  })
  beforeEach(async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce' })
    current.visit = new Visit(context, await context.newPage(), served)
    await current.visit.begin()
  })
  afterEach(async () => {
    await current.visit.context.close()
    expect(current.visit.thrown).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })
  return current
}
