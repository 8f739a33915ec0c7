import { type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { never } from './party.ts'
import type { World } from './world.ts'

interface Pending {
  readonly batch: readonly StoreChange[]
  readonly cancelTimer: () => void
}

/**
 * The journal's place, for one process at a time. A batch is durable, whole, when its write resolves;
 * of those that had not resolved when the process died, any number of the first ones may have become
 * so.
 */
export class SimStore {
  readonly #world: World
  readonly durable: Map<string, string> = new Map()
  /** Writes that have not resolved. */
  writing = 0
  /** Who has it open. */
  holder: ClientProcess | undefined
  onWrite: (client: ClientProcess, batch: readonly StoreChange[]) => void = () => {}
  onDurable: (batch: readonly StoreChange[]) => void = () => {}

  constructor(world: World) {
    this.#world = world
  }

  portFor(client: ClientProcess): Store {
    const world = this.#world
    const { clock, random } = world
    const pending: Pending[] = []
    let freeAt = 0
    client.onDeath.push(() => {
      this.writing -= pending.length
      let survives = true
      for (const { batch, cancelTimer } of pending) {
        cancelTimer()
        survives &&= random.chance('store.survives', 0.5)
        if (survives) this.#apply(batch)
      }
      this.#release(client)
    })
    return {
      read: () => {
        if (!client.enter()) return never()
        const other = this.holder
        this.holder ??= client
        return new Promise((resolve, reject) => {
          clock.setTimer(() => {
            client.deliver(() => {
              if (other !== undefined) {
                reject(new UploadError('store_locked', `${other.name} uses this journal`))
              } else if (world.strikes('store-failure')) {
                this.#release(client)
                reject(new Error('EIO'))
              } else resolve([...this.durable])
            })
          }, world.plan.storeMs)
        })
      },
      write: (batch) => {
        if (!client.enter()) return never()
        this.onWrite(client, batch)
        return new Promise((resolve, reject) => {
          const fails = world.strikes('store-failure')
          // A failed write may have got through all the same.
          const adds = batch.some(({ key }) => key.startsWith('u/'))
          const applies = !fails || (!adds && random.chance('store.appliesFailed', 0.2))
          freeAt = Math.max(freeAt, clock.now() + world.about('store.write', world.plan.storeMs))
          this.writing += 1
          const cancelTimer = clock.setTimer(() => {
            pending.shift()
            this.writing -= 1
            if (applies) this.#apply(batch)
            client.deliver(() => (fails ? reject(new Error('ENOSPC')) : resolve()))
          }, freeAt - clock.now())
          pending.push({ batch, cancelTimer })
        })
      },
      close: async () => {
        if (!client.enter()) return never()
        this.#release(client)
      },
    }
  }

  #release(client: ClientProcess): void {
    if (this.holder === client) this.holder = undefined
  }

  #apply(batch: readonly StoreChange[]): void {
    for (const { key, value } of batch) {
      if (value === undefined) this.durable.delete(key)
      else this.durable.set(key, value)
      this.#world.note('store', () => `${value === undefined ? 'deletes' : 'holds'} ${key}`)
    }
    this.onDurable(batch)
  }
}
