/** Something about a backend that is not as the contract has it. */
export interface Fault {
  /** Of the contract: `§2`. */
  readonly section: string
  /** What is wrong, in plain words. */
  readonly text: string
  /** What to do about it. */
  readonly fix?: string | undefined
  /** What was seen on the wire: text from outside, which may hold secrets. */
  readonly seen?: string | undefined
}
