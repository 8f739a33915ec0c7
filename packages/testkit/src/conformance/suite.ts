import type { Runner } from './runner.ts'
import { within } from './within.ts'

const PATIENCE_MS = 20_000

/** One running case. */
export interface Scope {
  /** Does something once the case is over, however it went; the last deferred comes first. */
  defer(cleanup: () => unknown): void
}

/** Registers the cases of a contract with a test runner, under the conditions that were declared. */
export class Suite {
  readonly #runner: Runner
  readonly #unmet: string | undefined

  constructor(runner: Runner, unmet?: string) {
    this.#runner = runner
    this.#unmet = unmet
  }

  group(name: string, body: () => void): void {
    this.#runner.describe(name, body)
  }

  /** Cases that run only where something is declared, and are reported as skipped elsewhere. */
  when(declared: boolean, what: string): Suite {
    if (declared || this.#unmet !== undefined) return this
    return new Suite(this.#runner, what)
  }

  case(name: string, body: (scope: Scope) => Promise<void>): void {
    const { it, patienceMs = PATIENCE_MS } = this.#runner
    const run = (): Promise<void> => runCase(body, patienceMs)
    if (this.#unmet === undefined) it(name, run)
    else if (it.skip) it.skip(`${name} [needs: ${this.#unmet}]`, run)
    else it(`SKIPPED ${name} [needs: ${this.#unmet}]`, async () => {})
  }
}

async function runCase(body: (scope: Scope) => Promise<void>, patienceMs: number): Promise<void> {
  const cleanups: (() => unknown)[] = []
  const failures: unknown[] = []
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await within(patienceMs, async () => work())
    } catch (error) {
      failures.push(error)
    }
  }
  await attempt(() => body({ defer: (cleanup) => cleanups.push(cleanup) }))
  for (const cleanup of cleanups.reverse()) await attempt(cleanup)
  // What fails after the first failure follows from it, mostly.
  if (failures.length > 0) throw failures[0]
}
