/** What a record was at one time. The one with the highest number is what it is. */
export interface Version {
  readonly key: string
  readonly sequence: number
  /** Undefined where the record was deleted. */
  readonly value: string | undefined
}
