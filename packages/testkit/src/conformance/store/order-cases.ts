import { checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRecords, manyChanges, storeCases } from './bench.ts'
import type { StoreConformance } from './options.ts'

export function orderCases(suite: Suite, options: StoreConformance): void {
  const it = storeCases(suite, options)

  it('§5 within a batch the last change of a key counts', async (bench) => {
    const { store } = await bench.open()
    await store.write([
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b' },
      { key: 'c' },
      { key: 'c', value: '3' },
    ])
    checkRecords(await bench.reopen(store), [
      ['a', '2'],
      ['c', '3'],
    ])
  })

  it('§5 writes at once take effect in the order of the calls', async (bench) => {
    const { store } = await bench.open()
    const writes = Array.from({ length: 200 }, (_, turn) =>
      store.write([{ key: 'a', value: String(turn) }]),
    )
    await Promise.all(writes)
    checkRecords(await bench.reopen(store), [['a', '199']])
  })

  it('§5 a large batch is not overtaken by a small one', async (bench) => {
    const { store } = await bench.open()
    const large = manyChanges('upload', 5000)
    await Promise.all([
      store.write([...large, { key: 'last', value: 'large' }]),
      store.write([{ key: 'last', value: 'small' }]),
      store.write(large.slice(0, 4000).map(({ key }) => ({ key }))),
    ])
    const expected = large.slice(4000).map(({ key, value }) => [key, value] as const)
    checkRecords(await bench.reopen(store), [...expected, ['last', 'small']])
  })

  it('§5 writing and deleting at once follow the order of the calls', async (bench) => {
    const { store } = await bench.open()
    const writes: Promise<void>[] = []
    for (let turn = 0; turn < 100; turn++) {
      writes.push(store.write([{ key: 'kept' }, { key: 'gone', value: String(turn) }]))
      writes.push(store.write([{ key: 'kept', value: String(turn) }, { key: 'gone' }]))
    }
    await Promise.all(writes)
    checkRecords(await bench.reopen(store), [['kept', '99']])
  })

  it('§5 many writes at once to many keys are all there', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 2000)
    await Promise.all(changes.map((change) => store.write([change])))
    checkRecords(
      await bench.reopen(store),
      changes.map(({ key, value }) => [key, value]),
    )
  })

  it('§5 a write that is not waited for is done before close resolves, or fails', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 50)
    const outcomes = Promise.allSettled(changes.map((change) => store.write([change])))
    await store.close()
    const settled = await outcomes
    const { records } = await bench.open()
    for (const [index, { status }] of settled.entries()) {
      const { key, value } = changes[index] ?? { key: '', value: '' }
      if (status === 'fulfilled') checkEqual(records.get(key), value, `the record ${key}`)
    }
  })
}
