import { isPlainObject } from '../protocol/plain-object.ts'

/** A record as it was parsed: nothing of it is certain. */
type RawRecord = Readonly<Record<string, unknown>>

/** Makes of a record of one version one of the next. Whatever it is given, it does not throw. */
type Migration = (record: RawRecord) => RawRecord

/** In order: the first one lifts version 1 to 2. What was released once stays here for ever. */
const MIGRATIONS: readonly Migration[] = [listAbandoned]

/** The version in which records are written. */
export const RECORD_VERSION: number = MIGRATIONS.length + 1

/** The record in the present version, step by step; undefined where it has no version we know. */
export function migrate(value: unknown): RawRecord | undefined {
  if (!isPlainObject(value)) return undefined
  const { v: version } = value
  if (typeof version !== 'number' || !Number.isInteger(version)) return undefined
  if (version < 1 || version > RECORD_VERSION) return undefined
  const lifted = MIGRATIONS.slice(version - 1).reduce((record, lift) => lift(record), value)
  return { ...lifted, v: RECORD_VERSION }
}

/** Version 1 had room for one abandoned multipart upload. */
function listAbandoned(record: RawRecord): RawRecord {
  const { abandoned } = record
  return { ...record, abandoned: abandoned === undefined ? [] : [abandoned] }
}
