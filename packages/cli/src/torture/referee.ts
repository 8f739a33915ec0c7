import type { JournalFacts } from './journal-facts.ts'
import type { SourceFile } from './source-files.ts'
import type { StorageFacts } from './storage-facts.ts'
import type { Attempt } from './transcript.ts'

export interface RunFacts {
  readonly run: number
  /** The client was killed. Otherwise it ended by itself. */
  readonly killed: boolean
}

/**
 * For each part that may be on its way, so many may be answered and not yet in the journal when the
 * client is killed; on average no more than one. The storage syncs every single part and the journal
 * many at once, so both is ample.
 */
const UNJOURNALED_PER_SLOT = 8

/**
 * Judges each run of the uploading process by the attempts that were seen and the journal it left,
 * and the end by the storage.
 */
export class Referee {
  readonly violations: string[] = []
  /** Bytes that were sent although the part was not safe in the end, or was sent once more. */
  excusedBytes = 0
  sentBytes = 0
  /** Attempts that the kill came too early for: before the answer, and before the journal. */
  unansweredAtKill = { sum: 0, most: 0 }
  unjournaledAtKill = { sum: 0, most: 0 }
  #kills = 0
  readonly #safe = new Set<string>()
  readonly #recorded = new Set<string>()
  readonly #files: readonly Omit<SourceFile, 'path'>[]
  readonly #concurrency: number

  constructor(files: readonly Omit<SourceFile, 'path'>[], concurrency: number) {
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
    for (const attempt of attempts) {
      if (this.#isSafe(attempt)) this.#blame(run, `${nameOf(attempt)} was sent again`)
    }
    this.#noteRecorded(run, journal)
    this.#noteSafe(run, journal)
    this.#judgeOrder(run, attempts)
    const unexcused = new Set<string>()
    let unanswered = 0
    let unjournaled = 0
    for (const attempt of attempts) {
      const name = nameOf(attempt)
      const { bytes, answered, backendKilled } = attempt
      this.sentBytes += bytes
      if (backendKilled) this.excusedBytes += bytes
      else if (!this.#isSafe(attempt)) {
        if (killed) this.excusedBytes += bytes
        if (answered !== undefined) unjournaled += 1
        else if (killed) unanswered += 1
      } else if (unexcused.has(name)) this.#blame(run, `${name} was sent twice`)
      else unexcused.add(name)
    }
    this.#judgeLoss(run, killed, unanswered, unjournaled)
  }

  /**
   * @param journal as the last run left it.
   * @param told the ids of uploads that the client was told of.
   */
  judgeEnd(
    { completed }: JournalFacts,
    storage: StorageFacts,
    told: { has(uploadId: string): boolean },
  ): void {
    for (const { name, sha256 } of this.#files) {
      const key = completed.get(name)
      const stored = key === undefined ? undefined : storage.sha256.get(key)
      if (key === undefined) this.blame(`${name} is not complete`)
      else if (stored === undefined) this.blame(`${name} is complete, but has no object`)
      else if (stored !== sha256) this.blame(`${name} has other bytes`)
    }
    if (storage.objects !== this.#files.length) {
      this.blame(`${this.#files.length} files became ${storage.objects} objects`)
    }
    // A backend that was killed while it made an upload has told nobody of it.
    const orphans = storage.unfinished.filter((id) => told.has(id)).length
    if (orphans > 0) this.blame(`${orphans} uploads were left unfinished in the storage`)
    const { sum } = this.unjournaledAtKill
    if (sum > this.#kills * this.#concurrency) {
      this.blame(`${sum} parts were answered before ${this.#kills} kills, but not in the journal`)
    }
    const { sentBytes, excusedBytes, totalBytes } = this
    if (sentBytes - excusedBytes > totalBytes) this.blame('more bytes were sent than there are')
  }

  /** Whatever else is wrong. */
  blame(complaint: string): void {
    this.violations.push(complaint)
  }

  #noteRecorded(run: number, { files }: JournalFacts): void {
    for (const name of this.#recorded) {
      if (!files.has(name)) this.#blame(run, `the journal lost the upload of ${name}`)
    }
    for (const name of files) this.#recorded.add(name)
  }

  #noteSafe(run: number, { parts, completed }: JournalFacts): void {
    const now = new Set(parts)
    for (const { name, parts: count } of this.#files) {
      if (!completed.has(name)) continue
      for (let part = 1; part <= count; part += 1) now.add(`${name} part ${part}`)
    }
    const lost = [...this.#safe].filter((name) => !now.has(name))
    if (lost.length > 0) this.#blame(run, `the journal lost ${lost.length} parts: ${lost[0]} …`)
    for (const name of now) this.#safe.add(name)
  }

  /** The journal is written in order: what was answered well before something it has, it has too. */
  #judgeOrder(run: number, attempts: readonly Attempt[]): void {
    const answers = attempts
      .filter(({ answered, backendKilled }) => answered !== undefined && !backendKilled)
      .sort((a, b) => (a.answered ?? 0) - (b.answered ?? 0))
    const last = answers.map((attempt) => this.#isSafe(attempt)).lastIndexOf(true)
    const early = answers.slice(0, Math.max(0, last - 2 * this.#concurrency))
    for (const attempt of early) {
      if (!this.#isSafe(attempt)) this.#blame(run, `the journal left out ${nameOf(attempt)}`)
    }
  }

  #judgeLoss(run: number, killed: boolean, unanswered: number, unjournaled: number): void {
    const slots = this.#concurrency
    if (unanswered > slots) this.#blame(run, `${unanswered} parts were in flight at once`)
    // Who is not killed writes everything down; only what was given up may be answered all the same.
    if (unjournaled > (killed ? UNJOURNALED_PER_SLOT * slots : slots)) {
      this.#blame(run, `${unjournaled} parts were answered, but are not in the journal`)
    }
    if (!killed) return
    this.#kills += 1
    note(this.unansweredAtKill, unanswered)
    note(this.unjournaledAtKill, unjournaled)
  }

  #isSafe(attempt: Attempt): boolean {
    return this.#safe.has(nameOf(attempt))
  }

  #blame(run: number, complaint: string): void {
    this.violations.push(`run ${run}: ${complaint}`)
  }
}

/** As the journal's facts name parts, too. */
function nameOf({ file, part }: Attempt): string {
  return `${file} part ${part}`
}

function note(tally: { sum: number; most: number }, count: number): void {
  tally.sum += count
  tally.most = Math.max(tally.most, count)
}
