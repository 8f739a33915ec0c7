/** One attempt to send a part, as it passed by. */
export interface Attempt {
  readonly file: string
  readonly part: number
  /** Which run of the uploading process it came from. */
  readonly run: number
  /** Milliseconds that its URL was still good for when the request came. */
  readonly urlLeftMs: number
  /** Bytes of the body that came. */
  bytes: number
  /** What the backend answered, once it did. */
  status: number | undefined
  /**
   * The backend took it and the client was told so, as far as can be seen from here: which in the
   * order of these answers.
   */
  answered: number | undefined
  /** A backend that was killed meanwhile. */
  backendKilled: boolean
}

/** Something that just happened between client and backend. */
export type Sighting =
  | 'startAsked'
  | 'startAnswered'
  | 'urlsAnswered'
  | 'partAsked'
  | 'partHeld'
  | 'partMoved'
  | 'partTaken'
  | 'partAnswered'
  | 'listAnswered'
  | 'completeAsked'
  | 'completeTaken'
  | 'completeAnswered'
