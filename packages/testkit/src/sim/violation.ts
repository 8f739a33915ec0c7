/** What is checked, by the guarantee of DESIGN §6 (or the part of §4) that it stands for. */
export const GUARANTEES = {
  '1 bytes': 'completed means that the object has exactly the bytes that were hashed',
  '2 no resend': 'a part whose ETag is in the journal is never sent again',
  '3 complete': 'complete is sent with all parts, ascending, once per attempt',
  '4 urls': 'PUTs use URLs as they were issued, and not after they expired',
  '5 retries': 'Retry-After is honoured, attempts are bounded, nothing is sent while offline',
  '6 changed file': 'a file that changed never completes with mixed bytes',
  '7 bounds': 'PUTs, open files and URLs in memory are bounded by concurrency',
  '8 commands': 'pause, resume and cancel work in every status; after cancel nothing but the abort',
  '9 one at a time': 'only who holds the journal sends anything; the others are told store_locked',
  '10 corrupt': 'a corrupt record is set aside and reported; the rest goes on',
  '11 errors': 'every failure is an UploadError that helps, and none shows a secret',
  leftovers: 'multipart uploads that nobody needs are aborted, once',
  journal: 'what is confirmed becomes durable, and what is over leaves nothing behind',
  'kept files': 'what a transport keeps is freed when it is over, and never before',
  snapshot: 'snapshots make sense',
  waiting: 'whatever does nothing says what it waits for',
  liveness: 'once faults stop every upload completes',
} as const

/** The name of a guarantee. */
export type Guarantee = keyof typeof GUARANTEES

/** A guarantee that was broken. */
export interface Violation {
  /** Which one. */
  readonly guarantee: Guarantee
  /** How. */
  readonly message: string
  /** Virtual milliseconds since the run began. */
  readonly at: number
}
