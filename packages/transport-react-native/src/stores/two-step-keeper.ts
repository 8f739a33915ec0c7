import type { Changes, RecordKeeper } from './serial-store.ts'
import { fromStorable, toStorable } from './storable-text.ts'

/** A library that keeps text by key and knows no transactions. */
export interface KeyValues {
  keys(): Promise<readonly string[]>
  /** In the order of the keys, all of which exist. */
  get(keys: readonly string[]): Promise<readonly string[]>
  /** Each entry as a whole or not at all; of several, any may be there after a crash. */
  set(entries: readonly (readonly [key: string, value: string])[]): Promise<void>
  /** As `set`: of several, any may be gone after a crash. Unknown keys are ignored. */
  remove(keys: readonly string[]): Promise<void>
}

/**
 * Characters of one piece of an intention: SQLite on Android reads no row above 2 MB, and a
 * character takes at most 3 bytes.
 */
const PIECE = 500_000

const NOTHING: Changes = new Map()

/**
 * Atomic batches over single keys. A batch of one change is one operation. A larger one is written
 * down as an intention first, then carried out, and then the intention is removed: whoever finds an
 * intention carries it out again, to the same effect. So a batch takes place in the moment in which
 * its intention is written.
 *
 * Records stand under `{prefix}/{key}`, the intention under `{prefix}#`. A change that comes alone
 * costs its key and value, one in a larger batch about twice that.
 */
export function twoStepKeeper(values: KeyValues, prefix: string): RecordKeeper {
  const intention = `${prefix}#`
  const keyOf = (key: string): string => `${prefix}/${toStorable(key)}`
  /** What may not have been carried out yet, because the library failed on the way. */
  let unfinished: Changes | undefined
  let pieces: readonly string[] = []

  const carryOut = async (changes: Changes): Promise<void> => {
    const all = [...changes]
    const kept = all.flatMap(([key, value]) =>
      value === undefined ? [] : [[keyOf(key), toStorable(value)] as const],
    )
    const gone = all.flatMap(([key, value]) => (value === undefined ? [keyOf(key)] : []))
    if (kept.length > 0) await values.set(kept)
    if (gone.length > 0) await values.remove(gone)
  }

  const finish = async (changes: Changes): Promise<void> => {
    await carryOut(changes)
    // Without its first key it is no intention any more, whatever becomes of its pieces.
    await values.remove([intention])
    if (pieces.length > 0) await values.remove(pieces)
    unfinished = undefined
    pieces = []
  }

  const intend = async (changes: Changes): Promise<void> => {
    const texts = inPieces(changes)
    const [first = '[]', ...others] = texts
    // Until all of it is there it may be there or not: then it must go before anything else happens.
    unfinished = NOTHING
    pieces = others.map((_, at) => `${intention}${at}`)
    if (others.length > 0) await values.set(others.map((text, at) => [`${intention}${at}`, text]))
    await values.set([[intention, `${others.length} ${first}`]])
    unfinished = changes
  }

  return {
    async load() {
      const keys = await values.keys()
      const found = keys.filter((key) => key.startsWith(intention))
      const texts = new Map(zip(found, await values.get(found)))
      const intended = changesOf(texts, intention)
      pieces = found.filter((key) => key !== intention)
      if (intended !== undefined) await finish(intended)
      else if (!texts.has(intention) && pieces.length > 0) await finish(NOTHING)

      const own = (intended === undefined ? keys : await values.keys()).filter((key) =>
        key.startsWith(`${prefix}/`),
      )
      const records = zip(own, await values.get(own)).map(
        ([key, value]) =>
          [fromStorable(key.slice(prefix.length + 1)), fromStorable(value)] as const,
      )
      const damaged = intended === undefined ? texts.get(intention) : undefined
      // Told as a record, so that the uploader sets it aside and reports it.
      return damaged === undefined ? records : [...records, [intention, damaged]]
    },

    async commit(changes) {
      if (unfinished !== undefined) await finish(unfinished)
      if (changes.size <= 1) return carryOut(changes)
      await intend(changes)
      await finish(changes)
    },
  }
}

/** JSON of the changes, in as many texts as it takes. */
function inPieces(changes: Changes): readonly string[] {
  const texts: string[] = []
  let piece: string[] = []
  let length = 0
  const cut = (): void => {
    texts.push(`[${piece.join()}]`)
    piece = []
    length = 0
  }
  for (const [key, value] of changes) {
    // JSON writes the character 0 with six others.
    const text = JSON.stringify(value === undefined ? [key] : [key, value])
    if (piece.length > 0 && length + text.length > PIECE) cut()
    piece.push(text)
    length += text.length
  }
  cut()
  return texts
}

/** Undefined where there is no intention, or none that makes sense. */
function changesOf(texts: ReadonlyMap<string, string>, intention: string): Changes | undefined {
  const [, count, first = ''] = /^(\d+) (.*)$/s.exec(texts.get(intention) ?? '') ?? []
  if (count === undefined) return undefined
  const others = Array.from({ length: Number(count) }, (_, at) => texts.get(`${intention}${at}`))
  try {
    const lists = [first, ...others].map((text) => JSON.parse(text ?? '') as [string, string?][])
    return new Map(lists.flat().map(([key, value]) => [key, value]))
  } catch {
    return undefined
  }
}

function zip(keys: readonly string[], values: readonly string[]): (readonly [string, string])[] {
  return keys.map((key, at) => [key, values[at] ?? ''])
}
