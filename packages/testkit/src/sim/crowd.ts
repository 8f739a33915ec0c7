import type { World } from './world.ts'

/** How many times as long a bad connection takes. */
const SLOW_CONNECTION = 30

/** What PUTs do to each other: on a line that they share, and in a storage that takes only so many. */
export class Crowd {
  readonly #world: World
  /** PUTs whose bytes are on their way, whatever becomes of them. */
  #sending = 0

  constructor(world: World) {
    this.#world = world
  }

  /** Another PUT begins. Returns how long its bytes take, about, and whether it is one too many. */
  join(): { readonly bodyMs: number; readonly isTooMany: boolean } {
    const world = this.#world
    const { bodyMs, storageWidth, latencyMs } = world.plan
    const others = this.#sending
    const isTooMany = world.has('narrow-storage') && others >= storageWidth
    const crowded = world.has('shared-line') ? 1 + others : 1
    const slower = world.strikes('slow-connection') ? SLOW_CONNECTION : 1
    const ms = crowded * slower * world.about('put.body', bodyMs)
    if (!isTooMany) {
      this.#sending += 1
      world.clock.setTimer(() => {
        this.#sending -= 1
      }, ms + latencyMs)
    }
    return { bodyMs: ms, isTooMany }
  }
}
