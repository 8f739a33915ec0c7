import type { ErrorCode } from '@s3-bg-uploader/core'
import { checkEqual, checkUploadError, rejection } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRecords, manyChanges, storeCases } from './bench.ts'
import type { StoreConformance } from './options.ts'

const CLOSED: readonly ErrorCode[] = ['store_failed', 'closed']

export function lifeCases(suite: Suite, options: StoreConformance): void {
  const it = storeCases(suite, options)
  const { capabilities } = options

  it('§5 closing twice, or at once, is fine', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    await Promise.all([store.close(), store.close()])
    await store.close()
    checkRecords((await bench.open()).records, [['a', '1']])
  })

  it('§5 a store that was never read can be closed', async (bench) => {
    const store = await bench.place.open()
    await store.close()
    checkRecords((await bench.open()).records, [])
  })

  it('§5 records survive being opened ten times', async (bench) => {
    for (let turn = 0; turn < 10; turn++) {
      const { store, records } = await bench.open()
      checkEqual(records.size, turn, 'the number of records')
      await store.write([{ key: `turn ${turn}`, value: String(turn) }])
      await store.close()
    }
  })

  const closing = storeCases(suite.when(capabilities.closes, 'closes'), options)

  closing('§6.11 a write after close fails typed, and changes nothing', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    await store.close()
    const error = await rejection(store.write([{ key: 'a', value: '2' }]), 'A write after close')
    checkUploadError(error, CLOSED, 'A write after close')
    checkRecords((await bench.open()).records, [['a', '1']])
  })

  closing('§6.11 a read after close fails typed', async (bench) => {
    const store = await bench.place.open()
    await store.close()
    checkUploadError(
      await rejection(store.read(), 'A read after close'),
      CLOSED,
      'A read after close',
    )
  })

  const locking = storeCases(suite.when(capabilities.exclusive, 'exclusive'), options)

  locking('§6.9 the second to open a place gets store_locked, the first goes on', async (bench) => {
    const { store } = await bench.open()
    await store.write([{ key: 'a', value: '1' }])
    for (let turn = 0; turn < 3; turn++) {
      const error = await rejection(bench.open(), 'The second opening')
      checkUploadError(error, ['store_locked'], 'The second opening')
    }
    await store.write([{ key: 'b', value: '2' }])
    checkRecords(await bench.reopen(store), [
      ['a', '1'],
      ['b', '2'],
    ])
  })

  locking('§6.9 of two that open a place at once, one gets it', async (bench) => {
    const outcomes = await Promise.allSettled([bench.open(), bench.open()])
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
    checkEqual(refusals.length, 1, 'the number of refusals')
    checkUploadError(refusals[0]?.reason, ['store_locked'], 'The second opening')
  })

  locking('§6.9 a refused opener can be closed, and takes no lock away', async (bench) => {
    const { store } = await bench.open()
    const refused = await bench.place.open().catch(() => undefined)
    await refused?.read().catch(() => {})
    await refused?.close()
    const error = await rejection(bench.open(), 'The third opening')
    checkUploadError(error, ['store_locked'], 'The third opening')
    await store.write([{ key: 'a', value: '1' }])
    checkRecords(await bench.reopen(store), [['a', '1']])
  })

  locking('§6.9 closing gives the place free', async (bench) => {
    const { store } = await bench.open()
    await store.close()
    const again = await bench.open()
    await again.store.write([{ key: 'a', value: '1' }])
    checkRecords(await bench.reopen(again.store), [['a', '1']])
  })

  const damaging = storeCases(suite.when(capabilities.corrupt, 'corrupt'), options)

  damaging('§6.10 one damaged record does not take the others with it', async (bench) => {
    const { store } = await bench.open()
    const changes = manyChanges('upload', 20)
    for (const change of changes) await store.write([change])
    await store.close()
    const damaged = changes[7]?.key ?? ''
    await bench.place.corrupt?.(damaged)
    const { store: again, records } = await bench.open()
    // What is left of it, if anything, is for the core to judge.
    records.delete(damaged)
    const others = changes.filter(({ key }) => key !== damaged)
    checkRecords(
      records,
      others.map(({ key, value }) => [key, value]),
    )
    await again.write([{ key: damaged, value: 'written again' }])
    checkEqual((await bench.reopen(again)).get(damaged), 'written again', 'the damaged record')
  })
}
