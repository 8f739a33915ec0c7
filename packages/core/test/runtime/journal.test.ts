import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import type { Store, StoreChange } from '../../src/ports.ts'
import { Journal } from '../../src/runtime/journal.ts'
import { RecordingStore } from '../support/recording-store.ts'
import { errorOf, forbidUnhandledRejections, stateOf } from '../support/world.ts'

forbidUnhandledRejections()

/** A store whose writes end when the test says so. */
class SlowStore implements Store {
  readonly begun: (readonly StoreChange[])[] = []
  readonly #ends: { resolve: () => void; reject: (error: Error) => void }[] = []

  async read(): Promise<[]> {
    return []
  }

  write(batch: readonly StoreChange[]): Promise<void> {
    this.begun.push([...batch])
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }))
  }

  async close(): Promise<void> {
    this.begun.push([])
  }

  async end(error?: Error): Promise<void> {
    const end = this.#ends.shift()
    if (error === undefined) end?.resolve()
    else end?.reject(error)
    await settle()
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const change = (key: string): StoreChange => ({ key, value: key })

describe('the journal', () => {
  test('writes what comes together in one batch', async () => {
    const store = new RecordingStore()
    const journal = new Journal(store)
    await Promise.all([
      journal.write([change('a')]),
      journal.write([change('b'), { key: 'a' }]),
      journal.write([change('c')]),
    ])
    expect(store.batches).toEqual([[change('a'), change('b'), { key: 'a' }, change('c')]])
  })

  test('gathers what comes during a write, and writes that next, in order', async () => {
    const store = new SlowStore()
    const journal = new Journal(store)
    const first = journal.write([change('a')])
    await settle()
    const second = journal.write([change('b')])
    const third = journal.write([change('c')])
    await settle()
    expect(store.begun).toEqual([[change('a')]])
    await store.end()
    expect(store.begun).toEqual([[change('a')], [change('b'), change('c')]])
    expect(await stateOf(first)).toBe('resolved')
    expect(await stateOf(second)).toBe('pending')
    const fourth = journal.write([change('d')])
    await store.end()
    expect(await stateOf(second)).toBe('resolved')
    expect(await stateOf(third)).toBe('resolved')
    expect(store.begun.at(-1)).toEqual([change('d')])
    expect(await stateOf(fourth)).toBe('pending')
    await store.end()
    expect(await stateOf(fourth)).toBe('resolved')
  })

  test('tells of a failure those whose changes it holds, and no others', async () => {
    const store = new SlowStore()
    const journal = new Journal(store)
    const first = journal.write([change('a')])
    await settle()
    const second = journal.write([change('b')])
    const third = journal.write([change('c')])
    const full = new Error('disk full')
    await store.end()
    const fourth = journal.write([change('d')])
    await store.end(full)
    await store.end()
    expect(await stateOf(first)).toBe('resolved')
    for (const failed of [second, third]) {
      expect(await errorOf(failed)).toMatchObject({ code: 'store_failed', cause: full })
    }
    expect(await stateOf(fourth)).toBe('resolved')
  })

  test('passes on what the store says in our words', async () => {
    const store = new RecordingStore()
    store.writeFault = new UploadError('store_locked', 'In use')
    expect(await errorOf(new Journal(store).write([change('a')]))).toBe(store.writeFault)
  })

  test('survives a store that throws instead of rejecting', async () => {
    const store = new RecordingStore()
    store.write = () => {
      throw new Error('broken')
    }
    expect(await errorOf(new Journal(store).write([change('a')]))).toMatchObject({
      code: 'store_failed',
    })
  })

  test('closes the store when all is written, even after a failure', async () => {
    const store = new SlowStore()
    const journal = new Journal(store)
    const first = journal.write([change('a')])
    await settle()
    const second = journal.write([change('b')])
    const closed = journal.close()
    await store.end(new Error('disk full'))
    expect(await stateOf(closed)).toBe('pending')
    await store.end()
    expect(await stateOf(closed)).toBe('resolved')
    expect(store.begun).toEqual([[change('a')], [change('b')], []])
    expect(await stateOf(first)).toBe('store_failed')
    expect(await stateOf(second)).toBe('resolved')
  })
})
