import { type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import type { StorePlace } from '@s3-bg-uploader/testkit'

/** What may be wrong with the store. */
export type StoreFault =
  | 'tears batches'
  | 'loses order'
  | 'resolves before it is durable'
  | 'takes an empty value for a deletion'
  | 'composes letters'
  | 'keeps records in an object'
  | 'lets two open it'
  | 'writes after close'
  | 'throws an error of its own'
  | 'gives up at a damaged record'
  | 'cannot close twice'
  | 'keeps its lock after a crash'
  | 'hands out what it writes to'
  | 'brings deleted records back'

/** A store that behaves like one on a disk: a log of batches, a lock, and crashes. */
export class JournalPlace implements StorePlace {
  /** What is safe from crashes. */
  readonly #batches: (readonly StoreChange[])[] = []
  readonly #damaged = new Set<string>()
  #owner: object | undefined
  readonly #fault: StoreFault | undefined

  constructor(fault?: StoreFault) {
    this.#fault = fault
  }

  open = async (): Promise<Store> => {
    const me = {}
    if (this.#owner !== undefined && this.#fault !== 'lets two open it') {
      throw new UploadError('store_locked', 'This journal is in use')
    }
    this.#owner = me
    return this.#storeOf(me)
  }

  crash = async (): Promise<void> => {
    if (this.#fault !== 'keeps its lock after a crash') this.#owner = undefined
  }

  corrupt = async (key: string): Promise<void> => {
    this.#damaged.add(key)
  }

  #storeOf(me: object): Store {
    const fault = this.#fault
    let last: Promise<unknown> = Promise.resolve()
    let closed = false
    let calls = 0
    const live: [string, string][] = []
    const append = async (changes: readonly StoreChange[]): Promise<void> => {
      const pieces = fault === 'tears batches' ? changes.map((change) => [change]) : [changes]
      for (const piece of pieces) {
        await (fault === 'tears batches' ? slowTurn() : turn())
        if (this.#owner !== me && fault !== 'writes after close') return never()
        for (const { key } of piece) this.#damaged.delete(key)
        this.#batches.push(piece)
      }
    }
    return {
      read: async () => {
        if (closed && fault !== 'writes after close') throw closedError(fault)
        if (fault === 'gives up at a damaged record' && this.#damaged.size > 0) {
          throw new UploadError('store_failed', 'There is a damaged record')
        }
        const records = this.#replay()
        if (fault !== 'hands out what it writes to') return records
        live.push(...records)
        return live
      },
      write: async (batch) => {
        if (closed && fault !== 'writes after close') throw closedError(fault)
        const changes = batch.map((change) => spoil(change, fault))
        if (fault === 'hands out what it writes to') {
          for (const { key, value = '' } of changes) live.push([key, value])
        }
        const before =
          fault === 'loses order'
            ? turns(((calls++ * 3) % 7) + (changes.length > 100 ? 20 : 0))
            : last
        const writing = before.then(() => append(changes))
        last = writing.catch(() => {})
        if (fault === 'resolves before it is durable') return
        await writing
      },
      close: async () => {
        if (closed && fault === 'cannot close twice') throw new Error('It is closed already')
        closed = true
        await last
        if (this.#owner === me) this.#owner = undefined
      },
    }
  }

  #replay(): [string, string][] {
    const fault = this.#fault
    const records = new Map<string, string>()
    const object: Record<string, string> = {}
    for (const changes of this.#batches) {
      for (const { key, value } of changes) {
        if (value === undefined) {
          if (fault !== 'brings deleted records back') records.delete(key)
          delete object[key]
        } else {
          records.set(key, value)
          object[key] = value
        }
      }
    }
    for (const key of this.#damaged) records.delete(key)
    return fault === 'keeps records in an object' ? Object.entries(object) : [...records]
  }
}

function spoil({ key, value }: StoreChange, fault: StoreFault | undefined): StoreChange {
  const written = fault === 'composes letters' ? key.normalize('NFC') : key
  if (value === undefined) return { key: written }
  if (fault === 'takes an empty value for a deletion' && value === '') return { key: written }
  return { key: written, value }
}

function closedError(fault: StoreFault | undefined): Error {
  if (fault === 'throws an error of its own') return new Error('It is closed')
  return new UploadError('store_failed', 'The journal is closed')
}

/** The owner is dead: what it waits for does not come. */
function never(): Promise<never> {
  return new Promise(() => {})
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** As slow as the turns that the suite counts, so that some of them lie within a batch. */
function slowTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await turn()
}
