import { memoryStore } from '@s3-bg-uploader/core'
import { storeConformance } from '@s3-bg-uploader/testkit'
import { describe, expect, it, test } from 'vitest'
import { collect } from './collect.ts'
import { JournalPlace, type StoreFault } from './journal-in-memory.ts'

describe('memoryStore', () => {
  storeConformance({
    describe,
    it,
    create: async () => {
      const store = memoryStore()
      return { open: async () => store }
    },
    // It goes on for the next uploader of the same process.
    capabilities: { exclusive: false, closes: false, crash: false, corrupt: false },
  })
})

const EVERYTHING = { exclusive: true, closes: true, crash: true, corrupt: true }

describe('a store with every capability', () => {
  storeConformance({
    describe,
    it,
    create: async () => new JournalPlace(),
    capabilities: EVERYTHING,
  })
})

const MUTANTS: readonly (readonly [StoreFault, readonly string[]])[] = [
  ['tears batches', ['§5 a batch that a crash interrupts is there as a whole or not at all']],
  [
    'loses order',
    [
      '§5 writing and deleting at once follow the order of the calls',
      '§5 a large batch is not overtaken by a small one',
    ],
  ],
  [
    'resolves before it is durable',
    [
      '§5 what a resolved write wrote survives a crash',
      '§5 every single write is durable once it resolved',
    ],
  ],
  ['takes an empty value for a deletion', ['§5 an empty value is a value, not a deletion']],
  ['composes letters', ['§5 keys that look alike are different']],
  [
    'keeps records in an object',
    ['§5 keys and values come back as they were: names that objects have'],
  ],
  [
    'lets two open it',
    [
      '§6.9 the second to open a place gets store_locked, the first goes on',
      '§6.9 of two that open a place at once, one gets it',
    ],
  ],
  ['writes after close', ['§6.11 a write after close fails typed, and changes nothing']],
  ['throws an error of its own', ['§6.11 a write after close fails typed, and changes nothing']],
  ['gives up at a damaged record', ['§6.10 one damaged record does not take the others with it']],
  ['cannot close twice', ['§5 closing twice, or at once, is fine']],
  ['keeps its lock after a crash', ['§6.9 the lock of a dead process is no lock']],
  ['hands out what it writes to', ['§5 what read gave does not change under later writes']],
  [
    'brings deleted records back',
    ['§5 a change without a value deletes the record', '§5 thousands of deleted records stay away'],
  ],
]

describe('the suite catches a store that', () => {
  test.each(MUTANTS)('%s', async (fault, caughtBy) => {
    const mutant = collect((runner) =>
      storeConformance({
        ...runner,
        create: async () => new JournalPlace(fault),
        capabilities: EVERYTHING,
      }),
    )
    for (const name of caughtBy) expect(await mutant.fails(name), name).toBeInstanceOf(Error)
  })
})

test('cases are skipped by what is declared only, and say so', () => {
  const namesWith = (capabilities: typeof EVERYTHING) =>
    collect((runner) =>
      storeConformance({ ...runner, create: async () => new JournalPlace(), capabilities }),
    )
  const most = namesWith(EVERYTHING)
  const least = namesWith({ exclusive: false, closes: false, crash: false, corrupt: false })
  expect(most.skipped).toEqual([])
  expect(most.names.length).toBe(least.names.length + least.skipped.length)
  expect(new Set(least.skipped.map((name) => name.match(/\[needs: (.*)\]/)?.[1]))).toEqual(
    new Set(['exclusive', 'closes', 'crash', 'corrupt']),
  )
})
