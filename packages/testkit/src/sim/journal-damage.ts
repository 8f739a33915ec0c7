import type { Device } from './device.ts'
import type { World } from './world.ts'

/** Damages records of the journal behind everybody's back: they must be reported, not go on. */
export class JournalDamage {
  readonly #world: World
  readonly #device: Device
  /** Ids of the uploads whose record was damaged. */
  readonly #damaged = new Set<string>()

  constructor(world: World, device: Device) {
    this.#world = world
    this.#device = device
  }

  /** To be called while the process is dead. */
  strike(): void {
    const world = this.#world
    const { store, referee } = this.#device
    if (store.durable.size === 0) return
    const key = world.random.pick('damage.key', [...store.durable.keys()])
    const value = store.durable.get(key) ?? ''
    const broken = key.startsWith('u/')
      ? world.random.pick('damage.how', ['', '{', value.slice(0, -9), '[]', '{"v":1}', '{"v":99}'])
      : ''
    store.durable.set(key, broken)
    referee.ledger.lose(key)
    world.note('disk', () => `damages ${key}`)
    world.reach('damaged')
    const [kind, id = ''] = key.split('/')
    if (kind !== 'u') return
    this.#damaged.add(id)
    for (const trace of referee.traces.values()) if (trace.id === id) trace.id = undefined
  }

  /** To be called after a start, with what was reported as set aside. */
  checkReported(messages: readonly string[]): void {
    for (const id of this.#damaged) {
      const key = `u/${id}`
      const isReported = messages.some((message) => message.includes(key))
      if (this.#device.store.durable.has(key) && !isReported) {
        this.#world.violate('10 corrupt', `the damaged record ${key} is not reported`)
      }
    }
  }
}
