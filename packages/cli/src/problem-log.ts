import type { UploadError } from '@s3-bg-uploader/core'
import { describeProblems, type Problem } from './describe-error.ts'

/** Problems that stop nothing. A full disk brings the same one for every part: it is kept once. */
export class ProblemLog {
  readonly #problems = new Map<string, Problem>()
  #tell: (error: UploadError) => void = () => {}

  /** Bound, to be handed on as it is. */
  readonly add = (error: UploadError): void => {
    const name = `${error.code} ${error.message}`
    const known = this.#problems.get(name) ?? { error, count: 0 }
    this.#problems.set(name, { ...known, count: known.count + 1 })
    if (known.count === 0) this.#tell(error)
  }

  /** Calls `tell` with the first problem of each kind: those that came already, and new ones. */
  tellTo(tell: (error: UploadError) => void): void {
    this.#tell = tell
    for (const { error } of this.#problems.values()) tell(error)
  }

  /** All of them as text, for the end. */
  describe(): string {
    return describeProblems([...this.#problems.values()])
  }
}
