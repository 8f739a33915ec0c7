const MIB = 1024 * 1024

/** What lies between a client and its objects. */
export interface Situation {
  readonly name: string
  /** Milliseconds of a PUT besides carrying its bytes, and of a control call. */
  readonly putMs: number
  readonly callMs: number
  /** Bytes a millisecond that the line carries for so many PUTs together. */
  readonly line: (puts: number) => number
  /** Bytes a millisecond that the disk gives to so many readers together. */
  readonly disk: (readers: number) => number
  /** More PUTs than this at once are answered 503. */
  readonly most: number
  /** Of so many PUTs, as a share, the connection is bad: they take thirty times as long. */
  readonly crawling: number
}

const UNLIMITED = Number.POSITIVE_INFINITY
/** 1 Gbit/s, as long as no connection takes more than its window allows. */
const gigabit = (connection: number) => (puts: number) => Math.min(125_000, puts * connection)
const swift = (): number => 10_000 * MIB

const plain: Omit<Situation, 'name'> = {
  putMs: 20,
  callMs: 20,
  line: gigabit(125_000),
  disk: swift,
  most: UNLIMITED,
  crawling: 0,
}

export const FILE_BYTES: number = 1024 * MIB
export const PART_SIZE: number = 5 * MIB

export const SITUATIONS: readonly Situation[] = [
  // 16 MiB under way on each connection, as a well tuned storage allows.
  { ...plain, name: '20 ms RTT', line: (puts) => puts * ((16 * MIB) / 20) },
  { ...plain, name: '300 ms RTT', putMs: 300, callMs: 300, line: gigabit((4 * MIB) / 300) },
  { ...plain, name: 'URLs 200 ms, PUT 100 ms', putMs: 100, callMs: 200, line: swift },
  { ...plain, name: '100 Mbit/s shared', putMs: 50, callMs: 50, line: () => 12_500 },
  { ...plain, name: 'one PUT in 20 crawls', putMs: 100, line: swift, crawling: 0.05 },
  { ...plain, name: '503 above 4 at once', line: swift, most: 4 },
  {
    ...plain,
    name: 'one slow disk',
    line: swift,
    // 160 MB/s for one reader; with every other one the heads travel more.
    disk: (readers) => 160_000 / (1 + 0.25 * (readers - 1)),
  },
]
