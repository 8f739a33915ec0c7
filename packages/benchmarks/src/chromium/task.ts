/** What every contender does once. */
export interface Task {
  readonly bytes: number
  readonly partSize: number
  /** PUTs at the same time, where the contender can do that. */
  readonly slots: number
  readonly storage: string
}

/** Uploads once and resolves with the milliseconds that it took. */
export type Contender = (task: Task) => Promise<number>

export function makeFile(bytes: number): File {
  const chunk = crypto.getRandomValues(new Uint8Array(65_536))
  const chunks = Array.from({ length: Math.ceil(bytes / chunk.length) }, () => chunk)
  return new File([new File(chunks, 'all').slice(0, bytes)], 'video.bin')
}
