/** How the server of a case behaves. */
export interface ServerSettings {
  readonly secure: boolean
  /** Bytes, as startUpload answers. */
  readonly partSize: number
  /** Added to each call for URLs. */
  readonly urlsDelayMs: number
  /** Added to each PUT, once its bytes are there. */
  readonly putDelayMs: number
  /** Every PUT whose number this divides takes `STRAGGLER` times that. 0: none. */
  readonly straggleEvery: number
  /** How far away it is: half of it is added on the way here, half on the way back. Not with `secure`. */
  readonly rttMs: number
  /** Resets the connection of every PUT whose number this divides. 0: of none. Not with `rttMs`. */
  readonly resetEvery: number
  /** PUTs at the same time; those above get 503. 0: as many as come. */
  readonly maxParallel: number
  /** Where the peers are installed; tus needs it. */
  readonly peers: string | undefined
}

/** How many times as long a straggler takes. */
export const STRAGGLER = 20

/** What the server saw since it was last asked. */
export interface Traffic {
  /** Bytes of PUTs that were answered 200, and of tus. */
  readonly bytes: number
  readonly puts: number
  readonly refused: number
  readonly reset: number
  /** PUTs at the same time as the client sees them, on average from the start of the first to the start of the last. */
  readonly parallel: number
}
