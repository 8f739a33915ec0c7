import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import { expect, test } from 'vitest'
import { BrowserInMemory, nextTurn } from './browser-in-memory.ts'
import { type OpenTab, TabWorld, type TextFile } from './tab-world.ts'

const SEEDS = 8
const STEPS = 25

/** A file that a user added in some tab. */
interface Added {
  readonly content: string
  readonly by: OpenTab
  /** Resolves with undefined when its tab was closed first, and never when it died. */
  readonly upload: Promise<Upload | undefined>
}

/** What users do in some tabs, and what becomes of the tabs, drawn from a seed. */
class Schedule {
  readonly world: TabWorld
  /** By name. */
  readonly added = new Map<string, Added>()
  /** The tabs that are still there. */
  readonly tabs: OpenTab[] = []
  readonly #random: SeededRandom
  readonly #opening: Promise<unknown>[] = []
  #opened = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.world = new TabWorld({}, new BrowserInMemory(this.#random))
  }

  async run(): Promise<void> {
    await this.#openTab()
    for (let step = 0; step < STEPS; step++) {
      this.#act()
      const turns = this.#random.between('turns', 0, 12)
      for (let turn = 0; turn < turns; turn++) await nextTurn()
    }
    for (const { tab } of this.tabs) if (tab.isFrozen) tab.resume()
    await Promise.all(this.#opening)
    if (this.tabs.length === 0) await this.#openTab()
  }

  #act(): void {
    const awake = this.tabs.filter(({ tab }) => !tab.isFrozen)
    const draw = this.#random.draw('action')
    if (awake.length === 0 || draw < 0.1) {
      this.#opening.push(this.#openTab())
      return
    }
    const user = this.#random.pick('user', awake)
    const { uploader, tab } = user
    if (draw < 0.45) this.#add(user)
    else if (draw < 0.5) this.#random.pick('upload', [...uploader.uploads(), uploader]).pause()
    else if (draw < 0.6) uploader.resume()
    else if (draw < 0.65) uploader.uploads().at(-1)?.parts()
    else if (draw < 0.75) this.#end(this.#random.pick('victim', this.tabs)).tab.die()
    else if (draw < 0.8) void this.#end(user).uploader.close()
    else if (draw < 0.88) tab.freeze()
    else for (const other of this.tabs) if (other.tab.isFrozen) other.tab.resume()
  }

  async #openTab(): Promise<void> {
    this.#opened += 1
    const name = `tab ${this.#opened}`
    this.tabs.push(await this.world.open(name))
  }

  #add(by: OpenTab): void {
    const name = `file ${this.added.size}`
    const content = name.repeat(this.#random.between('length', 0, 4))
    const adding = by.uploader.uploadFile({ name, content }, { transferId: 'trip' })
    // Its tab was closed first.
    const upload = adding.catch(() => undefined)
    this.added.set(name, { by, content, upload })
  }

  #end(victim: OpenTab): OpenTab {
    this.tabs.splice(this.tabs.indexOf(victim), 1)
    return victim
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => [seed]))('seed %d', async (seed) => {
  const schedule = new Schedule(seed)
  const { world, added, tabs } = schedule
  await schedule.run()
  const [{ uploader }] = tabs as [OpenTab]
  uploader.resume()
  for (const [name, { by, upload }] of added) {
    if (!tabs.includes(by)) continue
    const mine = await upload
    expect(await mine?.done).toMatchObject({ name, status: 'completed' })
    expect(by.uploader.uploads()).toContain(mine)
  }
  // What tabs asked for that are gone may still arrive, and may be lost, but comes once at most.
  while (!tabs.every(({ uploader: other }) => isDone(other) && idsOf(other) === idsOf(uploader))) {
    await nextTurn()
  }
  for (const { problems } of tabs) expect(problems).toEqual([])
  const uploads = uploader.uploads().map((upload) => upload.getSnapshot())
  expect(uploads).toHaveLength(new Set(uploads.map(({ name }) => name)).size)
  for (const { name, key } of uploads) {
    const object = world.backend.storage.object(key ?? '')
    expect(new TextDecoder().decode(object)).toBe(added.get(name)?.content)
  }
  expect(world.violations).toEqual([])
})

function isDone({ getSnapshot }: Uploader<TextFile>): boolean {
  const { uploads, byStatus } = getSnapshot()
  return byStatus.completed === uploads
}

function idsOf(uploader: Uploader<TextFile>): string {
  return uploader
    .uploads()
    .map(({ id }) => id)
    .join()
}
