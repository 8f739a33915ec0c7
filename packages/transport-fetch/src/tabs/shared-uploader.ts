import {
  type Clock,
  UploadError,
  type Uploader,
  type UploaderConfig,
  type UploadFileOptions,
} from '@s3-bg-uploader/core'
import type { Locks } from '../journal/held-lock.ts'
import { randomId } from '../random-id.ts'
import { reporter } from '../report-problem.ts'
import { pageLifecycle } from './page-lifecycle.ts'
import { SharedTab, type TabPorts } from './shared-tab.ts'

/** Part of the names of lock and channel: tabs that cannot understand each other do not meet. */
const PROTOCOL = 1

const DEFAULT_NAME = 's3-bg-uploader'

/** What `createSharedUploader` takes. */
export interface SharedUploaderOptions<TFile> {
  /** Tabs that say the same name share one uploader. Default 's3-bg-uploader'. */
  readonly name?: string | undefined
  /**
   * Makes the uploader, with its store and its transport: called in the tab that leads, whenever a
   * tab begins to lead.
   */
  readonly lead: () => Promise<Uploader<TFile>>
  /**
   * Called with problems of the tabs among themselves, and when a tab that should lead cannot; it
   * tries again. Default: a warning on the console.
   */
  readonly onProblem?: ((problem: UploadError) => void) | undefined
}

/**
 * Makes an uploader that all tabs of a site share: one of them leads and uploads, the others show
 * what it does and hand it their files and commands. When it is closed or dies, another one goes on
 * from the journal. Resolves once there is a leader. Where the browser has no Web Locks or no
 * BroadcastChannel it is `lead()` and nothing more.
 *
 * Its uploads answer to a command a moment later, when the leader has heard of it. `setConfig` counts
 * for the time in which this tab leads, and is checked then.
 *
 * @throws UploadError what `lead` throws, where this tab has to lead.
 */
export async function createSharedUploader<TFile>(
  options: SharedUploaderOptions<TFile>,
): Promise<Uploader<TFile>> {
  const { name = DEFAULT_NAME, lead } = options
  const locks: Locks | undefined = (globalThis.navigator as Navigator | undefined)?.locks
  if (locks === undefined || typeof BroadcastChannel === 'undefined') return lead()
  return composeSharedUploader(options, {
    locks,
    channel: new BroadcastChannel(nameOfTabs(name)),
    lifecycle: pageLifecycle(globalThis),
    clock: { setTimer },
    newId: randomId,
  })
}

/** For tests, which bring tabs of their own. */
export async function composeSharedUploader<TFile>(
  { name = DEFAULT_NAME, lead, onProblem }: SharedUploaderOptions<TFile>,
  ports: TabPorts,
): Promise<Uploader<TFile>> {
  const report = reporter(onProblem)
  const tab = new SharedTab<TFile>({ name: nameOfTabs(name), lead, report }, ports)
  await tab.ready
  const { mirror } = tab
  const { all } = mirror
  return {
    setConfig: (config: UploaderConfig) => tab.setConfig(config),
    async uploadFile(file: TFile, fileOptions: UploadFileOptions = {}) {
      const { uploadId = '' } = await tab.requests.ask({
        type: 'uploadFile',
        file,
        options: fileOptions,
      })
      const upload = mirror.upload(uploadId)
      if (upload !== undefined) return upload
      throw new UploadError('cancelled', 'The upload was forgotten as soon as it was added')
    },
    uploads: () => all.uploads(),
    transfer: (transferId) => mirror.transfer(transferId),
    getSnapshot: all.getSnapshot,
    subscribe: all.subscribe,
    pause: () => all.pause(),
    resume: () => all.resume(),
    cancel: () => all.cancel(),
    prune: () => mirror.prune(),
    close: () => tab.close(),
  }
}

function nameOfTabs(name: string): string {
  return `s3-bg-uploader tabs ${PROTOCOL} ${name}`
}

const setTimer: Clock['setTimer'] = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}
