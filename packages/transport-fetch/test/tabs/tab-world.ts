import {
  createUploader,
  type ForegroundSource,
  type ForegroundTransport,
  type Store,
  type StoreChange,
  UploadError,
  type Uploader,
  type UploaderConfig,
} from '@s3-bg-uploader/core'
import { type MockBackend, type MockBackendOptions, mockBackend } from '@s3-bg-uploader/testkit/msw'
import { setupServer } from 'msw/node'
import { onTestFinished } from 'vitest'
import { keepId } from '../../src/journal/keep-id.ts'
import { Deferred } from '../../src/tabs/deferred.ts'
import { composeSharedUploader } from '../../src/tabs/shared-uploader.ts'
import { BrowserInMemory, nextTurn, type TabInMemory } from './browser-in-memory.ts'
import { UserPermissions } from './user-permissions.ts'

/** A file that survives being cloned. */
export interface TextFile {
  readonly name: string
  readonly content: string
}

export interface OpenTab {
  readonly tab: TabInMemory
  readonly uploader: Uploader<TextFile>
  readonly problems: readonly UploadError[]
}

/** Some tabs of one site, the disk that they share, and the backend that they upload to. */
export class TabWorld {
  readonly backend: MockBackend
  readonly browser: BrowserInMemory
  /** The journal, whoever leads. */
  readonly records = new Map<string, string>()
  readonly #files = new Map<string, TextFile>()
  /** What nobody may ever do, and somebody did. */
  readonly violations: string[] = []
  /** The tabs that led, one after the other. */
  readonly led: string[] = []
  #journalOwner: TabInMemory | undefined

  #user: UserPermissions | undefined
  #failures = 0
  #onWritten = (): void => {}
  #delay: () => Promise<void> = async () => {}

  constructor(options: MockBackendOptions = {}, browser: BrowserInMemory = new BrowserInMemory()) {
    this.browser = browser
    this.backend = mockBackend({ partSize: 4, ...options })
    const server = setupServer(...this.backend.handlers)
    server.listen({ onUnhandledRequest: 'error' })
    onTestFinished(() => {
      server.close()
      this.backend.reset()
    })
  }

  async open(name: string, config: Partial<UploaderConfig> = {}): Promise<OpenTab> {
    const tab = this.browser.open(name)
    const problems: UploadError[] = []
    const uploader = await composeSharedUploader<TextFile>(
      {
        lead: () => this.#lead(tab, { ...this.backend.config, ...config }),
        onProblem: (problem) => problems.push(problem),
      },
      tab,
    )
    onTestFinished(async () => {
      if (!tab.isDead) await uploader.close()
    })
    return { tab, uploader, problems }
  }

  /** Lets the next file take until it is released to be opened. */
  delayNextOpen(): { readonly reached: Promise<void>; release(): void } {
    const reached = new Deferred<void>()
    const released = new Deferred<void>()
    this.#delay = async () => {
      this.#delay = async () => {}
      reached.resolve()
      await released.promise
    }
    return { reached: reached.promise, release: () => released.resolve() }
  }

  /** So many tabs that are elected cannot lead. */
  failLeading(times: number): void {
    this.#failures = times
  }

  /** From now on kept files are opened only once the user permitted it. */
  needPermission(): UserPermissions {
    this.#user = new UserPermissions()
    return this.#user
  }

  /** Resolves as soon as the journal holds an upload, before anybody hears of it. */
  recorded(): Promise<void> {
    const recorded = new Deferred<void>()
    this.#onWritten = () => {
      if ([...this.records.keys()].some((key) => key.startsWith('u/'))) recorded.resolve()
    }
    return recorded.promise
  }

  #lead(tab: TabInMemory, config: UploaderConfig): Promise<Uploader<TextFile>> {
    this.led.push(tab.name)
    if (this.#failures > 0) {
      this.#failures -= 1
      return Promise.reject(new UploadError('store_failed', 'No disk'))
    }
    return createUploader<TextFile>({
      transport: this.#transportOf(tab),
      store: this.#storeOf(tab),
      config,
      concurrency: 2,
      onProblem: (problem) => this.violations.push(`${tab.name}: ${problem.message}`),
      platform: {
        random: { draw: (draw) => (draw === 'id' ? Math.random() : 0) },
        fetch: (url, request) => this.#fetch(tab, url, request),
        clock: {
          now: () => performance.now(),
          wall: () => Date.now(),
          setTimer: (callback, delayMs) => {
            const timer = setTimeout(() => tab.isDead || callback(), delayMs)
            return () => clearTimeout(timer)
          },
        },
      },
    })
  }

  /** Only one tab at a time may have it open, and nothing that a dead tab writes arrives. */
  #storeOf(tab: TabInMemory): Store {
    const owned = async (): Promise<void> => {
      await alive(tab)
      if (this.#journalOwner !== tab) this.violations.push(`${tab.name} has no journal`)
    }
    return {
      read: async () => {
        if (this.#journalOwner !== undefined && !this.#journalOwner.isDead) {
          throw new UploadError('store_locked', `${this.#journalOwner.name} has the journal`)
        }
        this.#journalOwner = tab
        return [...this.records]
      },
      write: async (batch: readonly StoreChange[]) => {
        await owned()
        for (const { key, value } of batch) {
          if (value === undefined) this.records.delete(key)
          else this.records.set(key, value)
        }
        this.#onWritten()
        // Whoever waits for that moment gets to act before the tab hears of it.
        await nextTurn()
        await owned()
      },
      close: async () => {
        if (this.#journalOwner === tab) this.#journalOwner = undefined
      },
    }
  }

  #transportOf(tab: TabInMemory): ForegroundTransport<TextFile> {
    return {
      capabilities: { progress: false, reopen: true, nativeHash: false, background: false },
      open: async (file) => {
        await this.#delay()
        await alive(tab)
        const id = keepId(file)
        this.#files.set(id, file)
        return this.#source(tab, id, file)
      },
      reopen: async (ref) => {
        await alive(tab)
        const file = this.#files.get(String(ref))
        if (file === undefined) throw new UploadError('file_not_found', `${ref} is not kept`)
        if (this.#user?.isPermitted(file.name) === false) {
          const cause = this.#user.handle(file.name)
          throw new UploadError('permission_needed', `${file.name} needs a click`, { cause })
        }
        return this.#source(tab, String(ref), file)
      },
    }
  }

  #source(tab: TabInMemory, ref: string, { name, content }: TextFile): ForegroundSource {
    const bytes = new TextEncoder().encode(content)
    return {
      name,
      size: bytes.length,
      lastModified: 1,
      ref,
      read: async ({ start, end }) => bytes.subarray(start, end),
      put: async ({ url, range, signal }) => {
        this.#watchPut(tab, url)
        const body = bytes.slice(range.start, range.end)
        const response = await this.#fetch(tab, url, { method: 'PUT', body, signal: own(signal) })
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await response.text(),
        }
      },
      close: async () => {},
    }
  }

  /** Guarantee 2, whoever leads: what the journal holds is never sent again. */
  #watchPut(tab: TabInMemory, url: string): void {
    const { searchParams } = new URL(url)
    const [uploadId, part] = [searchParams.get('uploadId'), searchParams.get('partNumber')]
    for (const [key, value] of this.records) {
      const { multipart, generation } = key.startsWith('u/') ? JSON.parse(value) : {}
      if (multipart?.uploadId !== uploadId) continue
      if (this.records.has(`p/${key.slice(2)}/${generation}/${part}`)) {
        this.violations.push(`${tab.name} sends part ${part} of ${uploadId} again`)
      }
    }
    const leader = this.led.at(-1)
    if (leader !== tab.name) this.violations.push(`${tab.name} sends a part, but ${leader} leads`)
  }

  async #fetch(tab: TabInMemory, url: string, request: RequestInit): Promise<Response> {
    await alive(tab)
    const signal = AbortSignal.any([tab.death, ...(request.signal ? [request.signal] : [])])
    try {
      return await fetch(url, { ...request, signal })
    } finally {
      await alive(tab)
    }
  }
}

/** For ever, if the tab is dead: its promises settle no more. */
function alive(tab: TabInMemory): Promise<void> {
  return tab.isDead ? new Promise(() => {}) : Promise.resolve()
}

function own(signal: { readonly aborted: boolean }): AbortSignal {
  return signal as AbortSignal
}
