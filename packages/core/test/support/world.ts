import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { UploadError } from '../../src/errors.ts'
import { createXxh64 } from '../../src/hash/xxh64.ts'
import type { Random } from '../../src/ports.ts'
import { createUploader } from '../../src/uploader/create-uploader.ts'
import type { Upload, Uploader, UploaderOptions } from '../../src/uploader/types.ts'
import { MemoryStorage } from './memory-storage.ts'
import { bytesOf, type MemoryFile, MemoryTransport } from './memory-transport.ts'
import { RecordingStore } from './recording-store.ts'
import { endpoints, ScriptedBackend } from './scripted-backend.ts'
import { seededRandom } from './seeded-random.ts'
import { SwitchableNetwork } from './switchable-network.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Everything around one uploader, in memory, with a clock that only the test moves. */
export class World {
  readonly clock: VirtualClock = new VirtualClock()
  /** What was sent and, with `journalInTranscript`, written: in order. */
  readonly transcript: string[] = []
  readonly storage: MemoryStorage = new MemoryStorage(this.clock, this.transcript)
  readonly backend: ScriptedBackend = new ScriptedBackend(this.storage, this.clock, this.transcript)
  readonly network: SwitchableNetwork = new SwitchableNetwork()
  readonly files: Map<string, MemoryFile> = new Map()
  readonly problems: UploadError[] = []
  /** One for all uploaders, so that their ids differ. */
  readonly random: Random = seededRandom({ retry: 0.5, sign: 0.5 })
  readonly store: RecordingStore
  transport: MemoryTransport

  constructor(options: { readonly reopen?: boolean; readonly journalInTranscript?: boolean } = {}) {
    this.store = new RecordingStore(options.journalInTranscript ? this.transcript : undefined)
    this.transport = new MemoryTransport(this.storage, this.files, {
      reopen: options.reopen ?? true,
    })
  }

  /** A file of its own bytes. */
  file(name: string, size: number): MemoryFile {
    const bytes = bytesOf(size, this.files.size + 1)
    const file = { name, bytes, lastModified: 1_700_000_000_000 }
    this.files.set(name, file)
    return file
  }

  uploader(options: Partial<UploaderOptions<MemoryFile>> = {}): Promise<Uploader<MemoryFile>> {
    return createUploader<MemoryFile>({
      transport: this.transport,
      store: this.store.reopen(),
      config: endpoints,
      onProblem: (problem) => this.problems.push(problem),
      ...options,
      platform: {
        clock: this.clock,
        random: this.random,
        network: this.network,
        hasher: { create: async () => createXxh64() },
        fetch: this.backend.fetch,
        ...options.platform,
      },
    })
  }

  /** What the storage holds under the key that the backend gives such a file. */
  stored(name: string): Uint8Array | undefined {
    return this.storage.objects.get(`in/${name}`)
  }
}

/** How a promise stands, without waiting for it. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  const pending = Symbol('pending')
  const state = await Promise.race([
    promise.then(
      () => 'resolved',
      (error: UploadError) => error.code,
    ),
    Promise.resolve()
      .then(() => {})
      .then(() => pending),
  ])
  return state === pending ? 'pending' : String(state)
}

export async function errorOf(work: Promise<unknown>): Promise<UploadError> {
  try {
    await work
  } catch (error) {
    return error as UploadError
  }
  throw new Error('It did not fail')
}

export function statusOf(upload: Upload): string {
  return upload.getSnapshot().status
}

/** Fails a test that leaves a rejection unhandled. Call at the top of a test file. */
export function forbidUnhandledRejections(): void {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => {
    unhandled.push(reason)
  }
  beforeAll(() => {
    process.on('unhandledRejection', note)
  })
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled.splice(0)).toEqual([])
  })
  afterAll(() => {
    process.off('unhandledRejection', note)
  })
}
