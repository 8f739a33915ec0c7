import { type ForegroundSource, type Json, UploadError } from '@s3-bg-uploader/core'
import { FileSource, type SendPart } from './file-source.ts'
import type { ChosenFile, KeptFiles } from './kept-files.ts'
import { openChosenFile } from './opened-file.ts'

/** What the journal has of a kept file. */
interface Ref {
  /** The id under which it is kept. */
  readonly kept: string
  /** For people who read that it is not kept any more. */
  readonly name: string
}

/** Opens files that outlive the page, for a transport that was given a place to keep them. */
export class KeptSources {
  readonly #files: KeptFiles
  readonly #send: SendPart
  #freed: Promise<void> = Promise.resolve()

  constructor(files: KeptFiles, send: SendPart) {
    this.#files = files
    this.#send = send
  }

  async open(chosen: ChosenFile): Promise<ForegroundSource> {
    const opened = await openChosenFile(chosen)
    // What is kept from now on must not be taken for what an earlier page left.
    await this.#freed
    const kept = await this.#files.keep(chosen)
    const ref = kept === undefined ? undefined : { kept, name: opened.name }
    return new FileSource(opened, ref, this.#send)
  }

  async reopen(ref: Json): Promise<ForegroundSource> {
    const { kept, name } = readRef(ref) ?? {}
    const chosen = kept === undefined ? undefined : await this.#files.take(kept)
    if (chosen === undefined)
      throw new UploadError(
        'file_not_found',
        `This browser does not keep ${name ?? 'the file'} any more`,
      )
    return new FileSource(await openChosenFile(chosen), ref, this.#send)
  }

  async release(ref: Json): Promise<void> {
    const { kept } = readRef(ref) ?? {}
    if (kept !== undefined) await this.#files.release(kept)
  }

  retain(refs: readonly Json[]): Promise<void> {
    const freed = this.#files.retain(refs.flatMap((ref) => readRef(ref)?.kept ?? []))
    // Whoever asked for it hears why it failed; then what was left only stays.
    this.#freed = freed.catch(() => {})
    return freed
  }
}

function readRef(ref: Json): Ref | undefined {
  if (typeof ref !== 'object' || ref === null || !('kept' in ref)) return undefined
  const { kept, name } = ref
  return typeof kept === 'string' && typeof name === 'string' ? { kept, name } : undefined
}
