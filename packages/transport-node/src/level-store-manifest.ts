import { Cursor } from './level-store-cursor.ts'

/** Which files of a database count. */
export interface LiveFiles {
  readonly tables: ReadonlySet<number>
  /** Logs with this number or a higher one. */
  readonly oldestLog: number
}

/** @param records of the MANIFEST, which is a log of changes. */
export function readManifest(records: readonly Buffer[]): LiveFiles {
  const tables = new Set<number>()
  let oldestLog = 0
  for (const record of records) {
    const cursor = new Cursor(record)
    while (!cursor.atEnd) {
      switch (cursor.varint()) {
        case 1: // the name of the comparator
          cursor.slice()
          break
        case 2:
          oldestLog = cursor.varint()
          break
        case 5: // where compaction of a level goes on
          cursor.varint()
          cursor.slice()
          break
        case 6:
          cursor.varint()
          tables.delete(cursor.varint())
          break
        case 7:
          cursor.varint()
          tables.add(cursor.varint())
          cursor.varint()
          cursor.slice()
          cursor.slice()
          break
        default: // numbers that are of no interest here
          cursor.varint()
      }
    }
  }
  return { tables, oldestLog }
}
