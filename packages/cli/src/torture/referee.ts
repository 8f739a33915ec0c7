import type { JournalFacts } from './journal-facts.ts'
import type { SourceFile } from './source-files.ts'
import type { Attempt } from './witness.ts'

export interface RunFacts {
  readonly run: number
  /** The client was killed. Otherwise it ended by itself. */
  readonly killed: boolean
}

/** Judges each run of the uploading process by the attempts that were seen and the journal it left. */
export class Referee {
  readonly violations: string[] = []
  /** Bytes that were sent although the part was not safe in the end, or was sent once more. */
  excusedBytes = 0
  sentBytes = 0
  /** Attempts that the kill came too early for: before the answer, and before the journal. */
  unansweredAtKill = { sum: 0, most: 0 }
  unjournaledAtKill = { sum: 0, most: 0 }
  readonly #safe = new Set<string>()
  readonly #files: readonly SourceFile[]
  readonly #concurrency: number

  constructor(files: readonly SourceFile[], concurrency: number) {
    this.#files = files
    this.#concurrency = concurrency
  }

  get totalParts(): number {
    return this.#files.reduce((sum, { parts }) => sum + parts, 0)
  }

  get totalBytes(): number {
    return this.#files.reduce((sum, { size }) => sum + size, 0)
  }

  /** Parts that must never be sent again. */
  get safeParts(): number {
    return this.#safe.size
  }

  /** @param attempts those of this run. */
  judge({ run, killed }: RunFacts, attempts: readonly Attempt[], journal: JournalFacts): void {
    for (const problem of journal.problems) this.#blame(run, `the journal was damaged: ${problem}`)
    for (const { file, part } of attempts) {
      if (this.#safe.has(`${file}/${part}`)) this.#blame(run, `${file} part ${part} was sent again`)
    }
    this.#noteSafe(run, journal)
    const unexcused = new Set<string>()
    let unanswered = 0
    let unjournaled = 0
    for (const { file, part, bytes, answered, backendKilled } of attempts) {
      const name = `${file}/${part}`
      this.sentBytes += bytes
      if (backendKilled) this.excusedBytes += bytes
      else if (killed && !this.#safe.has(name)) {
        this.excusedBytes += bytes
        if (answered) unjournaled += 1
        else unanswered += 1
      } else if (unexcused.has(name)) this.#blame(run, `${file} part ${part} was sent twice`)
      else unexcused.add(name)
    }
    if (unanswered > this.#concurrency) {
      this.#blame(run, `${unanswered} parts were in flight at once`)
    }
    note(this.unansweredAtKill, unanswered)
    note(this.unjournaledAtKill, unjournaled)
  }

  /** Whatever else is wrong. */
  blame(complaint: string): void {
    this.violations.push(complaint)
  }

  #noteSafe(run: number, { parts, completed }: JournalFacts): void {
    const now = new Set(parts)
    for (const { name, parts: count } of this.#files) {
      if (!completed.has(name)) continue
      for (let part = 1; part <= count; part += 1) now.add(`${name}/${part}`)
    }
    const lost = [...this.#safe].filter((name) => !now.has(name))
    if (lost.length > 0) this.#blame(run, `the journal lost ${lost.length} parts: ${lost[0]} …`)
    for (const name of now) this.#safe.add(name)
  }

  #blame(run: number, complaint: string): void {
    this.violations.push(`run ${run}: ${complaint}`)
  }
}

function note(tally: { sum: number; most: number }, count: number): void {
  tally.sum += count
  tally.most = Math.max(tally.most, count)
}
