import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { BackendProcess } from './backend-process.ts'
import { Child } from './child.ts'
import { type JournalFacts, readJournalFacts } from './journal-facts.ts'
import { drawKillMoment, watchFor } from './kill-moment.ts'
import { Referee } from './referee.ts'
import { SeededRandom } from './seeded-random.ts'
import { makeSourceFiles, type SourceFile, sha256Of } from './source-files.ts'
import type { TortureOptions } from './torture-options.ts'
import { Witness } from './witness.ts'

const CONCURRENCY = 6

export interface TortureReport {
  readonly violations: readonly string[]
  readonly lines: readonly string[]
}

/**
 * Uploads files with the real program to the real backend, kills both at random moments, lets them
 * go on until everything is there, and checks what came of it.
 *
 * @param dir empty; is left as it is in the end.
 */
export async function torture(
  options: TortureOptions,
  dir: string,
  say: (line: string) => void,
): Promise<TortureReport> {
  const random = new SeededRandom(options.seed)
  const files = await makeSourceFiles(join(dir, 'source'), options, random)
  const backend = new BackendProcess(join(dir, 'storage'), options.partSize)
  await backend.start()
  const witness = new Witness(() => backend.port)
  await witness.listen()
  const rack = new Rack(options, join(dir, 'state'), files, backend, witness, random, say)
  try {
    await rack.run()
  } finally {
    await rack.end()
    await witness.close()
    await backend.end()
  }
  const { referee } = rack
  if (rack.finished) {
    const storage = join(dir, 'storage')
    await checkStorage(storage, files, rack.journal, witness.uploadIds, referee)
  }
  const { sentBytes, totalBytes, excusedBytes, unansweredAtKill, unjournaledAtKill } = referee
  const { counts } = witness
  if (sentBytes - excusedBytes > totalBytes) referee.blame('more bytes were sent than there are')
  return {
    violations: referee.violations,
    lines: [
      `files            ${files.length} (${totalBytes} bytes, ${referee.totalParts} parts)`,
      `kills            ${rack.kills} of the uploading process, ${backend.kills} of the backend`,
      `runs             ${witness.run} (${rack.uploadRuns} upload, ${rack.resumeRuns} resume)`,
      `parts sent       ${witness.attempts.length} times`,
      `bytes sent       ${sentBytes} = ${(sentBytes / totalBytes).toFixed(4)} × the files; ${excusedBytes} of them were under way when something was killed`,
      `at the kills     ${unansweredAtKill.sum} parts in flight (at most ${unansweredAtKill.most} at once), ${unjournaledAtKill.sum} answered but not yet journaled (at most ${unjournaledAtKill.most})`,
      `control calls    ${counts.start} start, ${counts.urls} urls, ${counts['list-parts']} list, ${counts.complete} complete`,
    ],
  }
}

/** The runs of the uploading process, one after the other. */
class Rack {
  readonly referee: Referee
  journal: JournalFacts = { files: new Set(), completed: new Map(), parts: new Set(), problems: [] }
  kills = 0
  uploadRuns = 0
  resumeRuns = 0
  finished = false
  readonly #options: TortureOptions
  readonly #state: string
  readonly #files: readonly SourceFile[]
  readonly #backend: BackendProcess
  readonly #witness: Witness
  readonly #random: SeededRandom
  readonly #say: (line: string) => void
  readonly #deadline: number
  #child: Child | undefined

  constructor(
    options: TortureOptions,
    state: string,
    files: readonly SourceFile[],
    backend: BackendProcess,
    witness: Witness,
    random: SeededRandom,
    say: (line: string) => void,
  ) {
    this.referee = new Referee(files, CONCURRENCY)
    this.#options = options
    this.#state = state
    this.#files = files
    this.#backend = backend
    this.#witness = witness
    this.#random = random
    this.#say = say
    this.#deadline = performance.now() + options.limit * 1000
  }

  async run(): Promise<void> {
    let failures = 0
    while (!this.finished) {
      if (performance.now() > this.#deadline) {
        return this.referee.blame(`it was not finished after ${this.#options.limit} s`)
      }
      const backendKills = this.#backend.kills
      const { exitCode, stderr } = await this.#once()
      this.finished = exitCode === 0
      if (exitCode === 0 || exitCode === null) continue
      failures += 1
      this.#say(`the program failed with ${exitCode}: ${stderr}`)
      if (backendKills === this.#backend.kills) {
        this.referee.blame(`run ${this.#witness.run}: the program failed with ${exitCode}`)
      }
      if (failures > 20) return this.referee.blame('the program fails again and again')
    }
  }

  async end(): Promise<void> {
    await this.#child?.kill()
  }

  async #once(): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
    const witness = this.#witness
    witness.run += 1
    const { run } = witness
    const first = witness.attempts.length
    const child = new Child(this.#argv())
    this.#child = child
    const disarm = this.#arm(child, run)
    const timer = setTimeout(() => child.kill(), this.#deadline - performance.now())
    const end = await child.ended
    clearTimeout(timer)
    await disarm()
    await witness.quiet()
    const killed = end.exitCode === null
    this.journal = await this.#readJournal()
    this.referee.judge({ run, killed }, witness.attempts.slice(first), this.journal)
    return end
  }

  #argv(): string[] {
    const { origin } = this.#witness
    const endpoints = [
      ...['--start', `${origin}/start`, '--urls', `${origin}/urls`],
      ...['--complete', `${origin}/complete`],
      // Without it, what was in flight is sent again.
      ...(this.#random.draw('list parts') < 0.5 ? ['--list-parts', `${origin}/list-parts`] : []),
      ...['--concurrency', `${CONCURRENCY}`],
    ]
    const allAdded = this.journal.files.size === this.#files.length
    if (allAdded && this.#random.draw('command') < 0.7) {
      this.resumeRuns += 1
      return ['resume', '--state', this.#state, ...endpoints]
    }
    this.uploadRuns += 1
    const paths = this.#files.map(({ path }) => path)
    return ['upload', '--state', this.#state, '--transfer', 'torture', ...endpoints, ...paths]
  }

  /** Lets something be killed in this run. Returns what keeps it from happening any more. */
  #arm(child: Child, run: number): () => Promise<void> {
    const left = this.#options.kills - this.kills
    if (left <= 0) return async () => {}
    const partsLeft = this.referee.totalParts - this.referee.safeParts
    const moment = drawKillMoment(this.#random, partsLeft, left)
    const strikesBackend = this.#random.draw('victim') < 0.2
    let over = false
    let restarting: Promise<void> | undefined
    const { trigger } = moment
    const describe = trigger.at === 'time' ? `${trigger.afterMs} ms` : trigger.sighting
    this.#witness.quota = moment.quota
    this.#witness.onSighting = watchFor(moment, () => {
      if (over || !child.running) return
      over = true
      const safe = `${this.referee.safeParts} of ${this.referee.totalParts} parts were safe before`
      if (strikesBackend) {
        this.#say(`run ${run}: backend killed (${describe}), ${safe}`)
        restarting = this.#restartBackend().then(() => {
          // The client finds out, and is killed a little later.
          if (child.running) this.#strikeLater(child, run)
        })
      } else {
        this.kills += 1
        this.#say(`run ${run}: kill ${this.kills} of ${this.#options.kills} (${describe}), ${safe}`)
        this.#kill(child)
      }
    })
    return async () => {
      over = true
      this.#witness.onSighting = () => {}
      this.#witness.quota = Number.POSITIVE_INFINITY
      await restarting
    }
  }

  #strikeLater(child: Child, run: number): void {
    const afterMs = this.#random.integer('after the backend', 0, 1500)
    setTimeout(() => {
      if (!child.running) return
      this.kills += 1
      this.#say(`run ${run}: kill ${this.kills} of ${this.#options.kills} (after the backend)`)
      this.#kill(child)
    }, afterMs).unref()
  }

  #kill(child: Child): void {
    child.kill().catch((error: unknown) => this.referee.blame(String(error)))
  }

  async #restartBackend(): Promise<void> {
    const killed = this.#backend.kill()
    this.#witness.backendKilled()
    await killed
    await sleep(this.#random.integer('backend away', 0, 300))
    await this.#backend.start()
  }

  async #readJournal(): Promise<JournalFacts> {
    // Killed before it came to that.
    const exists = await stat(this.#state).then(
      () => true,
      () => false,
    )
    return exists ? readJournalFacts(this.#state) : this.journal
  }
}

async function checkStorage(
  dir: string,
  files: readonly SourceFile[],
  { completed }: JournalFacts,
  told: Witness['uploadIds'],
  referee: Referee,
): Promise<void> {
  const { objectPath } = diskStorage({ dir })
  for (const { name, sha256 } of files) {
    const key = completed.get(name)
    if (key === undefined) referee.blame(`${name} is not complete`)
    else if ((await sha256Of(objectPath(key))) !== sha256) referee.blame(`${name} has other bytes`)
  }
  const entries = await readdir(join(dir, 'objects'), { recursive: true, withFileTypes: true })
  const objects = entries.filter((entry) => entry.isFile()).length
  if (objects !== files.length) referee.blame(`${files.length} files became ${objects} objects`)
  // A backend that was killed while it made an upload has told nobody of it.
  const orphans = (await readdir(join(dir, 'uploads'))).filter((id) => told.has(id)).length
  if (orphans > 0) referee.blame(`${orphans} uploads were left unfinished in the storage`)
}
