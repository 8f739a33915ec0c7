import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import type { BackendProcess } from './backend-process.ts'
import { Child } from './child.ts'
import { type JournalFacts, readJournalFacts } from './journal-facts.ts'
import { drawKillMoment, watchFor } from './kill-moment.ts'
import { Referee } from './referee.ts'
import type { SourceFile } from './source-files.ts'
import type { TortureOptions } from './torture-options.ts'
import type { Witness } from './witness.ts'

const CONCURRENCY = 6

export interface RackSetting {
  readonly options: TortureOptions
  /** The folder of the journal. */
  readonly state: string
  readonly files: readonly SourceFile[]
  readonly backend: BackendProcess
  readonly witness: Witness
  readonly random: SeededRandom
  readonly say: (line: string) => void
  /** What the uploading process loads before the program. */
  readonly preload: URL | undefined
}

/** The runs of the uploading process, one after the other. */
export class Rack {
  readonly referee: Referee
  journal: JournalFacts = { files: new Set(), completed: new Map(), parts: new Set(), problems: [] }
  kills = 0
  uploadRuns = 0
  resumeRuns = 0
  finished = false
  readonly #set: RackSetting
  readonly #deadline: number
  #child: Child | undefined

  constructor(setting: RackSetting) {
    this.#set = setting
    this.referee = new Referee(setting.files, CONCURRENCY)
    this.#deadline = performance.now() + setting.options.limit * 1000
  }

  async run(): Promise<void> {
    let failures = 0
    while (!this.finished) {
      if (performance.now() > this.#deadline) {
        return this.referee.blame(`it was not finished after ${this.#set.options.limit} s`)
      }
      const backendKills = this.#set.backend.kills
      const { exitCode, stderr } = await this.#once()
      this.finished = exitCode === 0
      if (exitCode === 0 || exitCode === null) continue
      failures += 1
      this.#set.say(`the program failed with ${exitCode}: ${stderr}`)
      if (backendKills === this.#set.backend.kills) {
        this.referee.blame(`run ${this.#set.witness.run}: the program failed with ${exitCode}`)
      }
      if (failures > 20) return this.referee.blame('the program fails again and again')
    }
  }

  async end(): Promise<void> {
    await this.#child?.kill()
  }

  async #once(): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
    const witness = this.#set.witness
    witness.run += 1
    const { run } = witness
    const first = witness.attempts.length
    const child = new Child(this.#argv(), { preload: this.#set.preload })
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
    const { origin } = this.#set.witness
    const endpoints = [
      ...['--start', `${origin}/start`, '--urls', `${origin}/urls`],
      ...['--complete', `${origin}/complete`],
      // Without it, what was in flight is sent again.
      ...(this.#set.random.draw('list parts') < 0.5
        ? ['--list-parts', `${origin}/list-parts`]
        : []),
      ...['--concurrency', `${CONCURRENCY}`],
    ]
    const allAdded = this.journal.files.size === this.#set.files.length
    if (allAdded && this.#set.random.draw('command') < 0.7) {
      this.resumeRuns += 1
      return ['resume', '--state', this.#set.state, ...endpoints]
    }
    this.uploadRuns += 1
    const paths = this.#set.files.map(({ path }) => path)
    return ['upload', '--state', this.#set.state, '--transfer', 'torture', ...endpoints, ...paths]
  }

  /** Lets something be killed in this run. Returns what keeps it from happening any more. */
  #arm(child: Child, run: number): () => Promise<void> {
    const left = this.#set.options.kills - this.kills
    if (left <= 0) return async () => {}
    const partsLeft = this.referee.totalParts - this.referee.safeParts
    const moment = drawKillMoment(this.#set.random, partsLeft, left)
    const strikesBackend = this.#set.random.draw('victim') < 0.2
    let over = false
    let restarting: Promise<void> | undefined
    const { trigger } = moment
    const describe = trigger.at === 'time' ? `${trigger.afterMs} ms` : trigger.sighting
    this.#set.witness.quota = moment.quota
    this.#set.witness.onSighting = watchFor(moment, () => {
      if (over || !child.running) return
      over = true
      const safe = `${this.referee.safeParts} of ${this.referee.totalParts} parts were safe before`
      if (strikesBackend) {
        this.#set.say(`run ${run}: backend killed (${describe}), ${safe}`)
        restarting = this.#restartBackend().then(() => {
          // The client finds out, and is killed a little later.
          if (child.running) this.#strikeLater(child, run)
        })
      } else {
        this.kills += 1
        this.#set.say(
          `run ${run}: kill ${this.kills} of ${this.#set.options.kills} (${describe}), ${safe}`,
        )
        this.#kill(child)
      }
    })
    return async () => {
      over = true
      this.#set.witness.onSighting = () => {}
      this.#set.witness.quota = Number.POSITIVE_INFINITY
      await restarting
    }
  }

  #strikeLater(child: Child, run: number): void {
    const afterMs = this.#set.random.between('after the backend', 0, 1500)
    setTimeout(() => {
      if (!child.running) return
      this.kills += 1
      this.#set.say(
        `run ${run}: kill ${this.kills} of ${this.#set.options.kills} (after the backend)`,
      )
      this.#kill(child)
    }, afterMs).unref()
  }

  #kill(child: Child): void {
    child.kill().catch((error: unknown) => this.referee.blame(String(error)))
  }

  async #restartBackend(): Promise<void> {
    const killed = this.#set.backend.kill()
    this.#set.witness.backendKilled()
    await killed
    await sleep(this.#set.random.between('backend away', 0, 300))
    await this.#set.backend.start()
  }

  async #readJournal(): Promise<JournalFacts> {
    // Killed before it came to that.
    const exists = await stat(this.#set.state).then(
      () => true,
      () => false,
    )
    return exists ? readJournalFacts(this.#set.state) : this.journal
  }
}
