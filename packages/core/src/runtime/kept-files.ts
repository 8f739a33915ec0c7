import { isUploadError, UploadError } from '../errors.ts'
import type { Json, Transport } from '../ports.ts'

/** Tells the transport what it need no longer keep. No upload waits for it, or fails with it. */
export class KeptFiles {
  readonly #transport: Pick<Transport<never>, 'release' | 'retain'>
  readonly #report: (error: UploadError) => void
  readonly #underWay = new Set<Promise<void>>()

  constructor(
    transport: Pick<Transport<never>, 'release' | 'retain'>,
    report: (error: UploadError) => void,
  ) {
    this.#transport = transport
    this.#report = report
  }

  /** Frees what a ref names once `recorded` resolves; keeps it if that rejects. */
  release(ref: string, recorded: Promise<void>): void {
    this.#free(async () => {
      if (await failed(recorded)) return
      await this.#transport.release?.(parse(ref))
    })
  }

  /** Frees all but what these refs name. */
  retain(refs: readonly string[]): void {
    this.#free(async () => this.#transport.retain?.(refs.map(parse)))
  }

  /** Resolves once nothing is being freed any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  #free(work: () => Promise<void>): void {
    const done = work()
      .catch((cause: unknown) => this.#report(freeingFailed(cause)))
      .finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }
}

function parse(ref: string): Json {
  return JSON.parse(ref) as Json
}

/** Whoever wrote it was told why. */
function failed(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => false,
    () => true,
  )
}

function freeingFailed(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause
  return new UploadError('store_failed', 'What was kept of a file could not be freed', {
    cause,
    hint: 'It takes up space until the program starts again, which tries once more.',
  })
}
