import type { StoreChange } from '@s3-bg-uploader/core'
import { check, checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRecords, manyChanges, storeCases } from './bench.ts'
import type { StoreConformance } from './options.ts'

/** Keys and values that an encoding, a path or an object used as a map would spoil. */
const ODD: readonly (readonly [what: string, text: string])[] = [
  ['letters of many scripts', 'Ärger/日本語/Ελλάδα/עברית'],
  ['characters outside the basic plane', '👩‍👩‍👧‍👦/𝒳/🇨🇭'],
  ['composed and decomposed letters', 'é/e\u0301'],
  ['line breaks, tabs and quotes', 'a\nb\r\nc\td"e\'f`g\\h'],
  ['slashes and dots', '../a//b/./c/..'],
  ['characters of patterns and URLs', '%2F*?[x]{y}#&=+ $~|<>:;,!@^'],
  ['control characters', 'a\u0000b\u0001c\u001fd\u007fe\u2028f'],
  ['names that objects have', '__proto__'],
  ['other names that objects have', 'constructor'],
  ['a number', '0012'],
  ['JSON', '{"a":[1,null,"\\u0000"]}'],
]

export function recordCases(suite: Suite, options: StoreConformance): void {
  const it = storeCases(suite, options)

  it('§5 a new place has no records', async (bench) => {
    const { store, records } = await bench.open()
    checkRecords(records, [])
    checkRecords(await bench.reopen(store), [])
  })

  it('§5 what was written is read after the next opening', async (bench) => {
    const { store } = await bench.open()
    await store.write([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ])
    await store.write([{ key: 'c', value: '3' }])
    checkRecords(await bench.reopen(store), [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
  })

  it('§5 a record is overwritten', async (bench) => {
    const { store } = await bench.open()
    for (const value of ['first', 'a longer second value', '3']) {
      await store.write([{ key: 'a', value }])
    }
    checkRecords(await bench.reopen(store), [['a', '3']])
  })

  it('§5 a change without a value deletes the record', async (bench) => {
    const { store } = await bench.open()
    await store.write([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ])
    await store.write([{ key: 'a' }])
    checkRecords(await bench.reopen(store), [['b', '2']])
  })

  it('§5 deleting what is not there is fine', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }, { key: 'never' }])
    await store.write([{ key: 'nor this' }])
    checkRecords(await bench.reopen(store), [['a', '1']])
  })

  it('§5 a deleted record can be written again', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    await store.write([{ key: 'a' }])
    await store.write([{ key: 'a', value: '2' }])
    checkRecords(await bench.reopen(store), [['a', '2']])
  })

  it('§5 an empty batch is fine', async (bench) => {
    const { store } = await bench.open()
    await store.write([])
    await store.write([{ key: 'a', value: '1' }])
    await store.write([])
    checkRecords(await bench.reopen(store), [['a', '1']])
  })

  it('§5 an empty value is a value, not a deletion', async (bench) => {
    const { store } = await bench.open()
    await store.write([
      { key: 'a', value: '' },
      { key: 'b', value: '2' },
    ])
    await store.write([{ key: 'b', value: '' }])
    checkRecords(await bench.reopen(store), [
      ['a', ''],
      ['b', ''],
    ])
  })

  for (const [what, text] of ODD) {
    it(`§5 keys and values come back as they were: ${what}`, async (bench) => {
      const { store } = await bench.open()
      await store.write([
        { key: text, value: text },
        { key: `${text}/`, value: 'its neighbour' },
      ])
      const records = await bench.reopen(store)
      checkRecords(records, [
        [text, text],
        [`${text}/`, 'its neighbour'],
      ])
    })
  }

  it('§5 keys that look alike are different', async (bench) => {
    const keys = ['a', 'A', 'a ', ' a', 'a/', 'a/b', 'ab', 'é', 'e\u0301', '1', '01', 'ａ']
    const { store } = await bench.open()
    await store.write(keys.map((key) => ({ key, value: `value of ${key}` })))
    const expected = keys.map((key) => [key, `value of ${key}`] as const)
    checkRecords(await bench.reopen(store), expected)
  })

  it('§5 long keys and long values come back whole', async (bench) => {
    const { store } = await bench.open()
    const key = 'k/'.repeat(250)
    const value = 'välue '.repeat(200_000)
    await store.write([
      { key, value },
      { key: 'small', value: 'x' },
    ])
    const records = await bench.reopen(store)
    check(records.get(key) === value, 'The long value is not what it was')
    checkEqual(records.get('small'), 'x', 'the record beside it')
  })

  it('§9 100,000 records are written and read back', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 100_000)
    for (let from = 0; from < changes.length; from += 10_000) {
      await store.write(changes.slice(from, from + 10_000))
    }
    const records = await bench.reopen(store)
    checkEqual(records.size, 100_000, 'the number of records')
    for (const { key, value } of changes) {
      if (records.get(key) !== value) checkEqual(records.get(key), value, `the record ${key}`)
    }
  })

  it('§5 thousands of deleted records stay away', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 5000)
    await store.write([...changes, { key: 'kept', value: '1' }])
    await store.write(changes.map(({ key }) => ({ key }) satisfies StoreChange))
    checkRecords(await bench.reopen(store), [['kept', '1']])
  })

  it('§5 what read gave does not change under later writes', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    await store.close()
    const again = await bench.place.open()
    const read = await again.read()
    await again.write([
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ])
    checkEqual(read, [['a', '1']], 'what was read before the write')
    await again.close()
  })

  it('§5 places are apart', async (bench, scope) => {
    const other = await options.create()
    scope.defer(() => other.remove?.())
    const { store } = await bench.open()
    const stranger = await other.open()
    scope.defer(() => stranger.close())
    checkEqual(await stranger.read(), [], 'the records of the other place')
    await store.write([{ key: 'a', value: '1' }])
    await stranger.write([{ key: 'b', value: '2' }])
    checkRecords(await bench.reopen(store), [['a', '1']])
  })
}
