/** What came of one trial. */
export interface TrialReport {
  readonly violations: readonly string[]
  /** Figures, for people. */
  readonly lines: readonly string[]
}

/** Something that only real processes can show. */
export interface Trial {
  readonly name: string
  /** What it shows, in a few words. */
  readonly title: string
  /** Why it cannot be tried on this machine. */
  readonly obstacle?: () => string | undefined
  /** @param dir empty, for the files of this trial; is removed unless there are violations. */
  readonly run: (dir: string, say: (line: string) => void) => Promise<TrialReport>
}
