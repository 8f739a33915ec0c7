import { isUploadError, UploadError } from '../errors.ts'
import { stateWith } from '../machine/copy-with.ts'
import { newUpload, type UploadFile } from '../machine/upload-state.ts'
import type { Json, Platform, Source, Transport } from '../ports.ts'
import { describeError } from '../protocol/safe-cause.ts'
import { checkUserParams } from '../protocol/user-params.ts'
import type { Engine } from '../runtime/engine.ts'
import type { KeptFiles } from '../runtime/kept-files.ts'
import { type FileFacts, isTold, type KnownFiles } from './known-files.ts'
import type { Roster } from './roster.ts'
import type { Upload, UploadFileOptions } from './types.ts'
import type { UploadHandle } from './upload-handle.ts'

/** Takes files in: a new upload for a new file, the one that exists for one that is known. */
export class FileAdder<TFile> {
  readonly #transport: Transport<TFile>
  readonly #engine: Engine<TFile>
  readonly #kept: KeptFiles
  readonly #roster: Roster
  readonly #known: KnownFiles
  readonly #platform: Pick<Platform, 'clock' | 'random'>
  /** Being recorded, and so not known yet. */
  readonly #adding = new Map<string, Promise<UploadHandle>>()
  #lastOrder: number

  constructor(options: {
    readonly transport: Transport<TFile>
    readonly engine: Engine<TFile>
    readonly kept: KeptFiles
    readonly roster: Roster
    readonly known: KnownFiles
    readonly platform: Pick<Platform, 'clock' | 'random'>
    /** The order of the youngest upload there is. */
    readonly lastOrder: number
  }) {
    this.#transport = options.transport
    this.#engine = options.engine
    this.#kept = options.kept
    this.#roster = options.roster
    this.#known = options.known
    this.#platform = options.platform
    this.#lastOrder = options.lastOrder
  }

  async add(file: TFile, options: UploadFileOptions): Promise<Upload> {
    const { transferId, userParams, onDuplicate, paused = false } = options
    this.#checkOpen()
    if (this.#engine.config === undefined) {
      throw new UploadError('config_missing', 'There is no configuration yet')
    }
    checkUserParams(userParams ?? {})
    const order = ++this.#lastOrder
    const source = await this.#open(file)
    const facts: FileFacts = {
      name: source.name,
      size: source.size,
      lastModified: source.lastModified,
      transferId,
      userParams: userParams && JSON.stringify(userParams),
      ref: source.ref === undefined ? undefined : JSON.stringify(source.ref satisfies Json),
    }
    const twin = JSON.stringify(facts)
    // Nothing may come between looking and adding: a second call would find nothing either.
    const recording = isTold(facts) ? this.#adding.get(twin) : undefined
    const existing =
      this.#attach(facts, source) ??
      this.#existing(facts) ??
      (recording && (await this.#recorded(recording, source, facts)))
    if (existing === undefined) {
      const adding = this.#addNew(facts, { order, paused }, source)
      this.#adding.set(twin, adding)
      return adding.finally(() => this.#adding.delete(twin))
    }
    if (this.#engine.sourceOf(existing.id) !== source) {
      await source.close()
      this.#engine.post(existing.id, { type: 'joined', ref: facts.ref })
    }
    if (onDuplicate !== 'fail') return existing
    throw new UploadError('duplicate_upload', `${facts.name} is in this transfer already`)
  }

  async #open(file: TFile): Promise<Source> {
    try {
      return await this.#transport.open(file)
    } catch (error) {
      if (isUploadError(error)) throw error
      const message = `The file could not be opened (${describeError(error)})`
      throw new UploadError('file_unreadable', message, { cause: error })
    }
  }

  async #recorded(
    recording: Promise<UploadHandle>,
    source: Source,
    facts: FileFacts,
  ): Promise<UploadHandle> {
    try {
      return await recording
    } catch (error) {
      await this.#discard(source, facts)
      throw error
    }
  }

  /** No upload came of this file. */
  async #discard(source: Source, { ref }: FileFacts): Promise<void> {
    await this.#close(source)
    // Once closed the transport is told nothing more, and the next start frees it.
    if (ref === undefined || this.#engine.closed) return
    this.#kept.release(ref, Promise.resolve())
  }

  async #close(source: Source): Promise<void> {
    await source.close().catch(() => {
      // Why no upload came of it matters more.
    })
  }

  #attach(facts: FileFacts, source: Source): UploadHandle | undefined {
    const id = this.#known.findMissing(facts)
    if (id === undefined) return undefined
    this.#engine.attach(id, source, facts.ref)
    return this.#roster.get(id)
  }

  #existing(facts: FileFacts): UploadHandle | undefined {
    const state = this.#known.find(facts)
    const handle = state && this.#roster.get(state.file.id)
    if (handle === undefined) return undefined
    const outcome = state?.outcome
    // Outside a transfer, adding a file that is done means to upload it once more.
    if (outcome === 'completed' && facts.transferId === undefined) return undefined
    if (outcome === 'failed') handle.retry()
    return handle
  }

  async #addNew(
    facts: FileFacts,
    { order, paused }: { readonly order: number; readonly paused: boolean },
    source: Source,
  ): Promise<UploadHandle> {
    const { clock, random } = this.#platform
    // Spelt out: an object that grows by a spread takes more memory for good.
    const file: UploadFile = {
      id: newId(random),
      order,
      name: facts.name,
      size: facts.size,
      lastModified: facts.lastModified,
      transferId: facts.transferId,
      userParams: facts.userParams,
      ref: facts.ref,
      createdAt: clock.wall(),
    }
    const state = stateWith(newUpload(file, this.#known.hashOf(facts)), { paused })
    try {
      this.#checkOpen()
      await this.#engine.add(state, source)
    } catch (error) {
      await this.#discard(source, facts)
      throw error
    }
    if (this.#engine.closed) {
      // Closed in the meantime: the upload goes on with the next start, and so its file is kept.
      await this.#close(source)
      this.#checkOpen()
    }
    this.#known.add(state)
    return this.#roster.add(state)
  }

  #checkOpen(): void {
    if (this.#engine.closed) throw new UploadError('closed', 'The uploader is closed')
  }
}

/** 80 random bits: no two uploads of one journal will ever meet. */
function newId(random: Platform['random']): string {
  // Joined, since a string that grows by + takes four times the memory for good.
  return Array.from({ length: 16 }, () => Math.floor(random.draw('id') * 32).toString(32)).join('')
}
