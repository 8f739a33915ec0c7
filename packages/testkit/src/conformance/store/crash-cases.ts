import { check, checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRecords, manyChanges, storeCases } from './bench.ts'
import type { StoreConformance } from './options.ts'

export function crashCases(suite: Suite, options: StoreConformance): void {
  const crashing = suite.when(options.capabilities.crash, 'crash')
  const it = storeCases(crashing, options)

  it('§5 what a resolved write wrote survives a crash', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 50)
    for (const change of changes) await store.write([change])
    await store.write([{ key: 'upload/0' }])
    const expected = changes.slice(1).map(({ key, value }) => [key, value] as const)
    checkRecords(await bench.afterCrash(store), expected)
  })

  it('§5 every single write is durable once it resolved', async (bench) => {
    let { store } = await bench.open()
    for (let turn = 0; turn < 10; turn++) {
      await store.write([{ key: `turn ${turn}`, value: String(turn) }])
      await bench.crash(store)
      const { store: next, records } = await bench.open()
      checkEqual(records.size, turn + 1, 'the number of records')
      store = next
    }
  })

  it('§5 a batch that a crash interrupts is there as a whole or not at all', async (bench) => {
    let { store, records } = await bench.open()
    // At the beginning of the write, at its end, and in between.
    for (let moment = 0; moment < 20; moment++) {
      await store.write([{ key: `before ${moment}`, value: '1' }])
      const batch = manyChanges(`torn ${moment}`, 500)
      store.write(batch).catch(() => {})
      for (let turn = 0; turn < moment; turn++) await nextTurn()
      await bench.crash(store)
      ;({ store, records } = await bench.open())
      checkEqual(records.get(`before ${moment}`), '1', 'the record that was durable')
      const count = batch.filter(({ key }) => records.has(key)).length
      check(count === 0 || count === 500, `${count} of 500 records of one batch are there`)
    }
  })

  it('§5 of writes that a crash interrupts, none is there without all before it', async (bench) => {
    const { store } = await bench.open()
    const writes = Array.from({ length: 50 }, (_, turn) =>
      store.write([
        { key: `left ${turn}`, value: String(turn) },
        { key: `right ${turn}`, value: String(turn) },
      ]),
    )
    for (const write of writes) write.catch(() => {})
    await writes[9]
    const records = await bench.afterCrash(store)
    let gone = 50
    for (let turn = 0; turn < 50; turn++) {
      const [left, right] = [records.has(`left ${turn}`), records.has(`right ${turn}`)]
      checkEqual(left, right, `whether both halves of batch ${turn} are there: one`)
      if (!left) gone = Math.min(gone, turn)
      check(!left || turn < gone, `Batch ${turn} is there, but batch ${gone} is not`)
    }
    check(gone >= 10, `Batch ${gone} was resolved, but is not there`)
  })

  const locking = storeCases(crashing.when(options.capabilities.exclusive, 'exclusive'), options)
  locking('§6.9 the lock of a dead process is no lock', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    await bench.crash(store)
    const again = await bench.open()
    await again.store.write([{ key: 'b', value: '2' }])
    checkRecords(await bench.reopen(again.store), [
      ['a', '1'],
      ['b', '2'],
    ])
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
