/** Something that does not hold, where it is written. */
export interface Problem {
  /** The path of the page. */
  readonly page: string
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** `README.md:12: message`, as editors and people find it. */
export function describeProblem({ page, line, message }: Problem): string {
  return `${page}:${line}: ${message}`
}
