import type { Store, StoreChange } from '@s3-bg-uploader/core'
import { check, checkEqual } from '../check.ts'
import type { Scope, Suite } from '../suite.ts'
import type { StoreConformance, StorePlace } from './options.ts'

/** What the cases of the store suite work with: one place, and what is open there. */
export class StoreBench {
  readonly place: StorePlace
  readonly #scope: Scope
  /** Of these nothing can be asked any more. */
  readonly #crashed = new Set<Store>()

  constructor(place: StorePlace, scope: Scope) {
    this.place = place
    this.#scope = scope
  }

  /** Opens the store and reads it, as the core does. */
  async open(): Promise<{ readonly store: Store; readonly records: Map<string, string> }> {
    const store = await this.place.open()
    this.#scope.defer(async () => {
      if (!this.#crashed.has(store)) await store.close()
    })
    const records = await store.read()
    const map = new Map(records)
    checkEqual(map.size, records.length, 'the number of different keys among the records')
    return { store, records: map }
  }

  /** Closes the store and reads what is there. */
  async reopen(store: Store): Promise<Map<string, string>> {
    await store.close()
    return (await this.open()).records
  }

  /** Ends the process of the store. */
  async crash(store: Store): Promise<void> {
    check(this.place.crash, 'A place of a store that declares the capability crash has no crash()')
    this.#crashed.add(store)
    await this.place.crash(store)
  }

  /** Ends the process of the store and reads what is left. */
  async afterCrash(store: Store): Promise<Map<string, string>> {
    await this.crash(store)
    return (await this.open()).records
  }
}

/** Registers cases that get a place each. */
export function storeCases(
  suite: Suite,
  { create }: StoreConformance,
): (name: string, body: (bench: StoreBench, scope: Scope) => Promise<void>) => void {
  return (name, body) =>
    suite.case(name, async (scope) => {
      const place = await create()
      scope.defer(() => place.remove?.())
      await body(new StoreBench(place, scope), scope)
    })
}

/** Checks that these records are there, and no others. */
export function checkRecords(
  actual: ReadonlyMap<string, string>,
  expected: Iterable<readonly [string, string]>,
): void {
  const should = new Map(expected)
  for (const [key, value] of should) {
    check(actual.has(key), `The record ${JSON.stringify(key)} is missing`)
    checkEqual(actual.get(key), value, `the record ${JSON.stringify(key)}`)
  }
  const foreign = [...actual.keys()].filter((key) => !should.has(key))
  checkEqual(foreign, [], 'the keys that should not be there')
}

/** `count` records that begin with `prefix`. */
export function manyChanges(prefix: string, count: number): readonly Required<StoreChange>[] {
  return Array.from({ length: count }, (_, index) => {
    return { key: `${prefix}/${index}`, value: `value ${index} of ${prefix}` }
  })
}
