import { isPlainObject } from '../protocol/plain-object.ts'

/** A record as it was parsed: nothing of it is certain. */
type RawRecord = Readonly<Record<string, unknown>>

/** Makes of a record of one version one of the next. Whatever it is given, it does not throw. */
type Migration = (record: RawRecord) => RawRecord

/** In order: the first one lifts version 1 to 2. What was released once stays here for ever. */
const MIGRATIONS: readonly Migration[] = [listAbandoned]

/** The version in which records are written. */
export const RECORD_VERSION: number = MIGRATIONS.length + 1

/**
 * Lifts a record to the present version, step by step. The journal holds it as it was until the
 * upload is written again. Undefined where it says no version.
 */
export function migrate(value: unknown): RawRecord | 'newer' | undefined {
  if (!isPlainObject(value)) return undefined
  const { v: version } = value
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return undefined
  if (version > RECORD_VERSION) return 'newer'
  return MIGRATIONS.slice(version - 1).reduce<RawRecord>(
    (record, lift, step) => ({ ...lift(record), v: version + step + 1 }),
    value,
  )
}

/** Version 1 had room for one abandoned multipart upload. */
function listAbandoned(record: RawRecord): RawRecord {
  const { abandoned } = record
  return { ...record, abandoned: abandoned === undefined ? [] : [abandoned] }
}
