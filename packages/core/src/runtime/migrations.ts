import { isPlainObject } from '../protocol/plain-object.ts'
import { RECORD_VERSION } from './records.ts'

/** A record as it was parsed: nothing of it is certain. */
type RawRecord = Readonly<Record<string, unknown>>

/** A part whose ETag the journal holds. */
interface ConfirmedPart {
  readonly generation: number
}

/**
 * Makes of a record of one version one of the next, knowing the parts of its upload. Whatever it is
 * given, it does not throw.
 */
type Migration = (record: RawRecord, parts: readonly ConfirmedPart[]) => RawRecord

/**
 * In order: the first one lifts version 1 to 2, the last one to `RECORD_VERSION`. What was released
 * once stays here for ever.
 */
export const MIGRATIONS: readonly Migration[] = [fromVersion1]

/**
 * Lifts a record to the present version, step by step. The journal holds it as it was until the
 * upload is written again. Undefined where it says no version.
 */
export function migrate(
  value: unknown,
  parts: readonly ConfirmedPart[],
): RawRecord | 'newer' | undefined {
  if (!isPlainObject(value)) return undefined
  const { v: version } = value
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return undefined
  if (version > RECORD_VERSION) return 'newer'
  return MIGRATIONS.slice(version - 1).reduce<RawRecord>(
    (record, lift, step) => ({ ...lift(record, parts), v: version + step + 1 }),
    value,
  )
}

/**
 * Version 1 had room for one abandoned multipart upload. It did not say when complete was sent, so
 * with every part confirmed it may have been.
 */
function fromVersion1(record: RawRecord, parts: readonly ConfirmedPart[]): RawRecord {
  const { abandoned, completeLost, multipart, generation } = record
  const confirmed = parts.filter((part) => part.generation === generation).length
  const mayBeSent = multipart !== undefined && confirmed >= Number(record.parts)
  return {
    ...record,
    abandoned: abandoned === undefined ? [] : [abandoned],
    completeLost: completeLost === false ? mayBeSent : completeLost,
  }
}
