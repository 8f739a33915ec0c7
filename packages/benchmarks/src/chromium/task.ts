/** What every contender does once. */
export interface Task {
  readonly partSize: number
  /** PUTs at the same time, where the contender can do that. */
  readonly slots: number
  readonly storage: string
}

/** Uploads once and resolves with the milliseconds that it took. */
export type Contender = (file: File, task: Task) => Promise<number>
