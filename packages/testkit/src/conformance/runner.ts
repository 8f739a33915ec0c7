/** Registers one test, as `it` or `test` of vitest, jest, mocha and node:test do. */
export interface RegisterTest {
  (name: string, body: () => Promise<void>): unknown
  /** Registers a test that is not run. Without it a skipped case is an empty test that says so. */
  readonly skip?: (name: string, body: () => Promise<void>) => unknown
}

/** What every suite needs of the test runner, whichever that is. */
export interface Runner {
  /** Groups cases, as that of vitest, jest, mocha and node:test does. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Registers a case. */
  readonly it: RegisterTest
  /**
   * Milliseconds after which a case that does not end has failed. Only a case that hangs ever waits
   * for it; the runner's own limit should be longer. Default: 20,000.
   */
  readonly patienceMs?: number
}
