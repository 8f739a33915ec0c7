import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import { BackendProcess } from '../torture/backend-process.ts'
import { Child, type ChildEnd, type ChildOptions } from '../torture/child.ts'
import { readJournalFacts } from '../torture/journal-facts.ts'
import { Referee } from '../torture/referee.ts'
import { makeSourceFiles, type SourceFile } from '../torture/source-files.ts'
import { readStorageFacts } from '../torture/storage-facts.ts'
import type { Sighting } from '../torture/transcript.ts'
import { Witness } from '../torture/witness.ts'

/** The trials reckon with so many parts at once; by itself a client would try more. */
const SLOTS = ['--concurrency', '6']

export interface BenchOptions {
  /** How many parts the big file has. */
  readonly parts: number
  /** How many small files there are besides. Default: none. */
  readonly small?: number
  /** Bytes. */
  readonly partSize: number
  readonly urlTtlSeconds?: number
}

/** A backend process, files to upload to it, and what passes between them. */
export class Bench {
  readonly violations: string[] = []
  readonly witness: Witness = new Witness(() => this.#backend.port)
  /** The folder of the journal; the clients make it. */
  readonly state: string
  readonly files: readonly SourceFile[]
  readonly #storage: string
  readonly #backend: BackendProcess
  readonly #children = new Set<Child>()

  private constructor(dir: string, files: readonly SourceFile[], options: BenchOptions) {
    this.state = join(dir, 'state')
    this.files = files
    this.#storage = join(dir, 'storage')
    this.#backend = new BackendProcess({ ...options, dir: this.#storage })
  }

  /** @param dir is made if need be. */
  static async open(dir: string, options: BenchOptions): Promise<Bench> {
    await mkdir(dir, { recursive: true })
    const { parts, small = 0, partSize } = options
    const sizes = { size: parts * partSize, small, partSize }
    const files = await makeSourceFiles(join(dir, 'source'), sizes, new SeededRandom(1))
    const bench = new Bench(dir, files, options)
    await bench.#backend.start()
    await bench.witness.listen()
    return bench
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    for (const child of this.#children) await child.kill()
    await this.witness.close()
    await this.#backend.end()
  }

  /** Starts an upload of the files. */
  upload(options: ChildOptions & { readonly state?: string } = {}): Child {
    const { state = this.state } = options
    const paths = this.files.map(({ path }) => path)
    return this.client(['upload', ...paths, '--state', state, ...SLOTS, ...this.endpoints], options)
  }

  resume(options: ChildOptions & { readonly state?: string } = {}): Child {
    const { state = this.state } = options
    return this.client(['resume', '--state', state, ...SLOTS, ...this.endpoints], options)
  }

  /** Of all files. */
  get totalParts(): number {
    return this.files.reduce((sum, { parts }) => sum + parts, 0)
  }

  client(argv: readonly string[], options: ChildOptions = {}): Child {
    const child = new Child(argv, options)
    this.#children.add(child)
    return child
  }

  get endpoints(): readonly string[] {
    const { origin } = this.witness
    return ['start', 'urls', 'complete', 'list-parts'].flatMap((name) => [
      `--${name}`,
      `${origin}/${name}`,
    ])
  }

  /**
   * Resolves with true when this is seen next, with false when all clients have ended without it.
   * One thing can be waited for at a time.
   */
  seen(sighting: Sighting): Promise<boolean> {
    const isSeen = new Promise<boolean>((resolve) => {
      this.witness.onSighting = (seen) => {
        if (seen === sighting) resolve(true)
      }
    })
    const ends = [...this.#children].map(({ ended }) => ended)
    return Promise.race([isSeen, Promise.all(ends).then(() => false)])
  }

  /** Resolves when so many parts in all have been answered. */
  async answered(count: number): Promise<void> {
    const { attempts } = this.witness
    while (attempts.filter(({ answered }) => answered !== undefined).length < count) {
      if (await this.seen('partAnswered')) continue
      throw new Error(`No client lives to have ${count} parts answered`)
    }
  }

  /** How many parts a journal has. Its process must have ended. */
  async journaledParts(state: string): Promise<number> {
    return (await readJournalFacts(state)).parts.size
  }

  /** Notes what is not as it should be. */
  check(isRight: boolean, complaint: string): void {
    if (!isRight) this.violations.push(complaint)
  }

  /** Notes an end with another exit code, or another text on stderr. */
  checkEnd(
    who: string,
    { exitCode, stderr }: ChildEnd,
    expected: number | null,
    text: RegExp = /^$/,
  ): void {
    this.check(exitCode === expected, `${who} ended with ${exitCode}, not ${expected}: ${stderr}`)
    this.check(text.test(stderr), `${who} said "${stderr.trim()}", which does not match ${text}`)
  }

  /** Notes whatever is wrong with the journal, and with the objects, once no client lives any more. */
  async checkStored(state: string = this.state): Promise<void> {
    const journal = await readJournalFacts(state)
    const storage = await readStorageFacts(this.#storage, journal.completed.values())
    const referee = new Referee(this.files, Number.POSITIVE_INFINITY)
    for (const problem of journal.problems) referee.blame(`the journal was damaged: ${problem}`)
    referee.judgeEnd(journal, storage, this.witness.uploadIds)
    this.violations.push(...referee.violations)
  }
}
