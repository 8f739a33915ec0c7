import type { HeapFigures } from './heap-meter.ts'

/** What a client is asked to do once; its only argument, in JSON. */
export interface Task {
  readonly origin: string
  /** Holds the files and nothing else. */
  readonly directory: string
  readonly paths: readonly string[]
  /** Bytes of all files. */
  readonly bytes: number
  /** Bytes. */
  readonly partSize: number
  /** PUTs at the same time. */
  readonly slots: number
  /** An empty folder of this lap. */
  readonly scratch: string
  /** Where the peers are installed, if they are. */
  readonly peers: string | undefined
}

/** What a client measured of itself. */
export interface OwnFigures {
  /** From when its code was loaded to the end of its last upload. */
  readonly wallMs: number
  /** User and system time of the whole process, its start included. */
  readonly cpuSeconds: number
  /** What of that came after its code was loaded. */
  readonly workCpuSeconds?: number
  readonly peakBytes: number
  readonly heap?: HeapFigures
}
