import { isUploadError, UploadError } from '../errors.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { Platform } from '../ports.ts'
import { parseConfig } from '../protocol/config.ts'
import { withoutText } from '../protocol/safe-cause.ts'
import { Engine } from '../runtime/engine.ts'
import { Journal } from '../runtime/journal.ts'
import { KeptFiles } from '../runtime/kept-files.ts'
import { memoryStore } from '../runtime/memory-store.ts'
import { readJournal } from '../runtime/read-journal.ts'
import { reportToConsole, systemPlatform } from '../runtime/system.ts'
import { FileAdder } from './file-adder.ts'
import { KnownFiles } from './known-files.ts'
import { Roster } from './roster.ts'
import type { Uploader, UploaderOptions } from './types.ts'
import type { UploadHandle } from './upload-handle.ts'

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
 * throws; `queue_failed`. The journal is closed again then, the transport is not.
 */
export async function createUploader<TFile>(
  options: UploaderOptions<TFile>,
): Promise<Uploader<TFile>> {
  const { transport, store = memoryStore() } = options
  const { concurrency = transport.concurrency ?? DEFAULT_CONCURRENCY } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new UploadError('config_invalid', 'concurrency must be a positive whole number')
  }
  const config = options.config && parseConfig(options.config)
  const report = harmless(options.onProblem ?? reportToConsole)
  const platform: Platform = {
    ...systemPlatform(report),
    ...transport.platform,
    ...options.platform,
  }
  const { clock } = platform
  const restored = await readJournal(store, report)
  const journal = new Journal(store)
  const kept = new KeptFiles(transport, report)
  const engine: Engine<TFile> = new Engine<TFile>({
    transport,
    platform,
    journal,
    kept,
    config,
    policy: { ...POLICY, slots: concurrency },
    onChange(state, before) {
      if (isOtherwiseKnown(state, before)) known.change(state, before)
      roster.changed(state, before)
    },
    onGateChange: () => roster.allChanged(),
    onSlotsChange: () => roster.slotsChanged(),
    onProblem: report,
  })
  const forget = (upload: UploadHandle): void => {
    if (roster.get(upload.id) === undefined) return
    const state = engine.stateOf(upload.id)
    known.remove(state)
    if (state.outcome === 'completed') {
      upload.settleForGood()
      engine.drop(upload.id)
    } else upload.cancel()
    roster.remove(upload)
  }
  const known = new KnownFiles((id) => engine.stateOf(id))
  const roster = new Roster({ engine, clock, forget, report })

  for (const state of restored.uploads) {
    const waits = options.autoStart === false && state.outcome === undefined
    engine.restore(waits ? { ...state, paused: true } : state)
    known.add(state)
    roster.add(state)
  }
  if (restored.orphans.length > 0) {
    journal.write(restored.orphans.map((key) => ({ key }))).catch(report)
  }
  if (restored.refs !== undefined) kept.retain(restored.refs)
  const lastOrder = restored.uploads.at(-1)?.file.order ?? 0
  const adder = new FileAdder({ transport, engine, kept, roster, known, platform, lastOrder })
  let closing: Promise<void> | undefined
  // Whatever fails, the rest is freed too; what is in the journal is safe already.
  const free = async (step: () => Promise<void> | undefined): Promise<void> => {
    try {
      await step()
    } catch (cause) {
      report(new UploadError('internal', 'Something could not be closed', { cause }))
    }
  }
  const closeAllButTransport = async (): Promise<void> => {
    const stopped = engine.close()
    roster.close()
    await free(() => stopped)
    await free(() => journal.close())
    await free(() => kept.settled())
  }
  try {
    await engine.start()
  } catch (cause) {
    // Nobody is given this uploader, so nobody else could give the journal back.
    await closeAllButTransport()
    throw queueFailure(cause)
  }

  return {
    setConfig: (next) => engine.setConfig(parseConfig(next)),
    uploadFile: (file, fileOptions = {}) => adder.add(file, fileOptions),
    uploads: () => roster.uploads(),
    transfer: (transferId) => roster.transfer(transferId),
    getSnapshot: () => roster.all.getSnapshot(),
    subscribe: (listener) => roster.all.subscribe(listener),
    pause: () => roster.all.pause(),
    resume: () => roster.all.resume(),
    cancel: () => roster.all.cancel(),
    prune() {
      for (const upload of roster.uploads()) {
        const { outcome } = engine.stateOf(upload.id)
        if (outcome === 'completed' || outcome === 'cancelled') forget(upload)
      }
    },
    close() {
      closing ??= closeAllButTransport().then(() => free(() => transport.close?.()))
      return closing
    },
  }
}

/** Most events change neither what is known of a file nor what it waits for. */
function isOtherwiseKnown(state: UploadState, before: UploadState): boolean {
  return (
    state.hash !== before.hash ||
    state.source !== before.source ||
    state.outcome !== before.outcome ||
    state.file !== before.file
  )
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

function queueFailure(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause
  const message = 'The background queue did not tell what it holds'
  return new UploadError('queue_failed', message, { cause: withoutText(cause), retryable: true })
}
