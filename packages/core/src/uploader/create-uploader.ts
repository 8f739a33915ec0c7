import { isUploadError, UploadError } from '../errors.ts'
import { newUpload, type UploadState } from '../machine/upload-state.ts'
import type { Json, Platform, Source, Store, Transport } from '../ports.ts'
import { parseConfig } from '../protocol/config.ts'
import { describeError } from '../protocol/safe-cause.ts'
import { checkUserParams } from '../protocol/user-params.ts'
import { Engine } from '../runtime/engine.ts'
import { Journal } from '../runtime/journal.ts'
import { memoryStore } from '../runtime/memory-store.ts'
import { decodeJournal } from '../runtime/records.ts'
import { reportToConsole, systemPlatform } from '../runtime/system.ts'
import { Roster } from './roster.ts'
import type { Uploader, UploaderOptions } from './types.ts'

const DEFAULT_CONCURRENCY = 6

const POLICY = {
  retry: { attempts: 10, baseMs: 500, capMs: 60_000 },
  stallMs: 60_000,
  restarts: 3,
} as const

/**
 * Makes an uploader. Unfinished uploads of its journal go on by themselves, unless `autoStart` is
 * false: then they are paused.
 *
 * @throws UploadError `config_invalid`; `store_failed`, `store_locked` and what else the store
 * throws.
 */
export async function createUploader<TFile>(
  options: UploaderOptions<TFile>,
): Promise<Uploader<TFile>> {
  const { transport, store = memoryStore(), concurrency = DEFAULT_CONCURRENCY } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new UploadError('config_invalid', 'concurrency must be a positive whole number')
  }
  const config = options.config && parseConfig(options.config)
  const report = harmless(options.onProblem ?? reportToConsole)
  const platform: Platform = { ...systemPlatform, ...transport.platform, ...options.platform }
  const { clock, random } = platform
  const restored = decodeJournal(await readStore(store))
  for (const key of restored.corrupt) {
    const message = `The journal record ${key} makes no sense and is set aside`
    report(new UploadError('record_corrupt', message))
  }

  const journal = new Journal(store)
  const engine: Engine<TFile> = new Engine<TFile>({
    transport,
    platform,
    journal,
    config,
    policy: { ...POLICY, slots: concurrency },
    onChange: (id) => roster.changed(id),
    onGateChange: () => roster.allChanged(),
    onProblem: report,
  })
  const roster = new Roster(engine, clock, report)
  let lastOrder = 0
  let closing: Promise<void> | undefined

  const restore = (state: UploadState): void => {
    lastOrder = Math.max(lastOrder, state.file.order)
    const waits = options.autoStart === false && state.outcome === undefined
    engine.restore(waits ? { ...state, paused: true } : state)
    roster.add(state)
  }
  for (const state of restored.uploads) restore(state)
  if (restored.orphans.length > 0) {
    journal.write(restored.orphans.map((key) => ({ key }))).catch(report)
  }
  await engine.start()

  const closeAll = async (): Promise<void> => {
    const stopped = engine.close()
    roster.close()
    // Whatever fails, the rest is freed too; what is in the journal is safe already.
    for (const step of [() => stopped, () => journal.close(), () => transport.close?.()]) {
      try {
        await step()
      } catch (cause) {
        report(new UploadError('internal', 'Something could not be closed', { cause }))
      }
    }
  }

  return {
    setConfig: (next) => engine.setConfig(parseConfig(next)),
    async uploadFile(file, { transferId, userParams } = {}) {
      if (closing !== undefined) throw new UploadError('closed', 'The uploader is closed')
      if (engine.config === undefined) {
        throw new UploadError('config_missing', 'There is no configuration yet')
      }
      checkUserParams(userParams ?? {})
      lastOrder += 1
      const order = lastOrder
      const source = await openFile(transport, file)
      const state = newUpload({
        id: newId(random),
        order,
        name: source.name,
        size: source.size,
        lastModified: source.lastModified,
        transferId,
        userParams: userParams && JSON.stringify(userParams),
        ref: source.ref === undefined ? undefined : JSON.stringify(source.ref satisfies Json),
        createdAt: clock.wall(),
      })
      try {
        if (closing === undefined) await engine.add(state, source)
        // Closed in the meantime, and nobody else will close this source.
        if (closing !== undefined) throw new UploadError('closed', 'The uploader is closed')
      } catch (error) {
        await source.close().catch(() => {})
        throw error
      }
      return roster.add(state)
    },
    uploads: () => roster.uploads(),
    transfer: (transferId) => roster.transfer(transferId),
    getSnapshot: () => roster.all.getSnapshot(),
    subscribe: (listener) => roster.all.subscribe(listener),
    pause: () => roster.all.pause(),
    resume: () => roster.all.resume(),
    cancel: () => roster.all.cancel(),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

async function openFile<TFile>(transport: Transport<TFile>, file: TFile): Promise<Source> {
  try {
    return await transport.open(file)
  } catch (error) {
    if (isUploadError(error)) throw error
    const message = `The file could not be opened (${describeError(error)})`
    throw new UploadError('file_unreadable', message, { cause: error })
  }
}

/** What the application does about a problem must not become the next one. */
function harmless(tell: (error: UploadError) => void): (error: UploadError) => void {
  return (error) => {
    try {
      tell(error)
    } catch {
      // There is nobody left to tell.
    }
  }
}

async function readStore(store: Store): ReturnType<Store['read']> {
  try {
    return await store.read()
  } catch (cause) {
    if (isUploadError(cause)) throw cause
    throw new UploadError('store_failed', 'The journal could not be read', { cause })
  }
}

/** 80 random bits: no two uploads of one journal will ever meet. */
function newId(random: Platform['random']): string {
  // Joined, since a string that grows by + takes four times the memory for good.
  return Array.from({ length: 16 }, () => Math.floor(random.draw('id') * 32).toString(32)).join('')
}
