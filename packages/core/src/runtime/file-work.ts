import pLimit from 'p-limit'
import { UploadError } from '../errors.ts'
import type { Hasher, Json, Transport } from '../ports.ts'
import type { Entry, Post } from './entry.ts'
import { hashSource } from './hash-source.ts'
import { fileFailure } from './transport-failure.ts'

/** Files hashed at the same time: more would only make the disk seek. */
const HASHERS = 2

/** Opens, hashes and closes the files of uploads. */
export class FileWork<TFile> {
  readonly #transport: Transport<TFile>
  readonly #hasher: Hasher
  readonly #post: Post
  readonly #draw: (name: string) => number
  readonly #limit = pLimit(HASHERS)
  #stopped = false

  constructor(options: {
    readonly transport: Transport<TFile>
    readonly hasher: Hasher
    readonly post: Post
    readonly draw: (name: string) => number
  }) {
    this.#transport = options.transport
    this.#hasher = options.hasher
    this.#post = options.post
    this.#draw = options.draw
  }

  /** Whatever is opened after this is closed again at once. */
  stop(): void {
    this.#stopped = true
  }

  async open(entry: Entry): Promise<void> {
    const { id } = entry.state.file
    try {
      const source = await this.#reopen(entry)
      // Cancelled or closed in the meantime.
      if (this.#stopped || entry.state.source !== 'opening') return await source.close()
      entry.source = source
      const { size, lastModified } = source
      const ref = source.ref === undefined ? undefined : JSON.stringify(source.ref)
      this.#post(id, { type: 'opened', size, lastModified, ref })
    } catch (error) {
      this.#post(id, { type: 'openFailed', failure: fileFailure(error) })
    }
  }

  async #reopen(entry: Entry): Promise<NonNullable<Entry['source']>> {
    const { ref, name } = entry.state.file
    if (ref !== undefined && this.#transport.reopen !== undefined) {
      await this.close(entry)
      return this.#transport.reopen(JSON.parse(ref) as Json)
    }
    if (entry.source !== undefined) return entry.source
    throw new UploadError('file_not_found', `${name} cannot be opened again without being added`)
  }

  async close(entry: Entry): Promise<void> {
    const { source } = entry
    if (source === undefined) return
    const { file, outcome } = entry.state
    // It could never be opened again, and the upload is not over.
    if (file.ref === undefined && outcome === undefined) return
    entry.source = undefined
    await source.close()
  }

  async hash(entry: Entry, ticket: number): Promise<void> {
    const { id } = entry.state.file
    const { source } = entry
    const abort = new AbortController()
    entry.hashing = abort
    try {
      if (source === undefined) throw new UploadError('internal', 'The file is not open')
      const hash = await this.#limit(() =>
        hashSource(source, this.#hasher, abort.signal, (bytes) =>
          this.#post(id, { type: 'hashProgressed', ticket, bytes }),
        ),
      )
      this.#post(id, { type: 'hashed', ticket, hash })
    } catch (error) {
      const failure = fileFailure(error)
      this.#post(id, { type: 'hashFailed', ticket, failure, draw: this.#draw('retry') })
    } finally {
      // Another one may have begun since.
      if (entry.hashing === abort) entry.hashing = undefined
    }
  }
}
