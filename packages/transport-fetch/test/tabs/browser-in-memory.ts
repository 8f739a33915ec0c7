import type { Random } from '@s3-bg-uploader/core'
import type { TabChannel, TabPorts } from '../../src/tabs/shared-tab.ts'
import { LocksInMemory } from '../journal/locks-in-memory.ts'

/** A tab, as far as other tabs can tell. */
export interface TabInMemory extends TabPorts {
  readonly name: string
  /** Aborted once nothing this tab does has an effect any more, and nothing reaches it. */
  readonly death: AbortSignal
  readonly isDead: boolean
  readonly isFrozen: boolean
  /** Ends the tab at once, whatever it was about to do. */
  die(): void
  /** The page is told that it is stopped, and hears nothing more. */
  freeze(): void
  resume(): void
  /** The browser gives the locks of the tab to others. */
  loseLocks(): void
}

interface Member {
  readonly tab: { readonly isDead: boolean; readonly isFrozen: boolean }
  /** What a tab sent arrives in the order in which it was sent. */
  readonly lanes: Map<object, Promise<void>>
  hear(data: unknown): void
}

/** A browser with some tabs of one site: its locks, and a channel between the tabs. */
export class BrowserInMemory {
  readonly #locks = new LocksInMemory()
  readonly #members = new Set<Member>()
  readonly #random: Random
  /** Every message, by who sent it. */
  readonly messages: (readonly [sender: string, data: { readonly type: string }])[] = []

  /** @param random draws how long each message takes */
  constructor(random: Random = { draw: () => 0 }) {
    this.#random = random
  }

  open(name: string): TabInMemory {
    const listeners = new Set<(frozen: boolean) => void>()
    const locks = this.#locks
    const death = new AbortController()
    let ids = 0
    const tab = {
      name,
      death: death.signal,
      get isDead() {
        return death.signal.aborted
      },
      isFrozen: false,
      locks: { request: locks.of({}).request },
      channel: { postMessage() {}, addEventListener() {}, close() {} } as TabChannel,
      lifecycle: {
        subscribe: (listener: (frozen: boolean) => void) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      clock: {
        setTimer: (callback: () => void, delayMs: number) => {
          const timer = setTimeout(() => tab.isDead || callback(), Math.min(delayMs, 20))
          return () => clearTimeout(timer)
        },
      },
      newId: () => `${name}-${++ids}`,
      die() {
        death.abort()
        locks.end(tab)
      },
      freeze() {
        tab.isFrozen = true
        for (const listener of [...listeners]) listener(true)
      },
      resume() {
        tab.isFrozen = false
        for (const listener of [...listeners]) listener(false)
      },
      loseLocks: () => locks.take(tab),
    }
    tab.locks = locks.of(tab)
    tab.channel = this.#channelOf(tab)
    return tab
  }

  /** Resolves once all that was sent so far has arrived, or was missed. */
  async arrived(): Promise<void> {
    await Promise.all([...this.#members].flatMap(({ lanes }) => [...lanes.values()]))
  }

  /** A message arrives once more, everywhere. */
  repeat(data: unknown): void {
    const nobody = { tab: { isDead: true, isFrozen: false }, lanes: new Map(), hear() {} }
    for (const member of this.#members) this.#carry(nobody, member, data)
  }

  #channelOf(tab: TabInMemory): TabChannel {
    let listener: (event: { readonly data: unknown }) => void = () => {}
    const me: Member = {
      tab,
      lanes: new Map(),
      hear: (data) => {
        if (!tab.isDead && !tab.isFrozen) listener({ data })
      },
    }
    this.#members.add(me)
    return {
      addEventListener: (_type, hear) => {
        listener = hear
      },
      postMessage: (message) => {
        const data = structuredClone(message)
        if (tab.isDead) return
        this.messages.push([tab.name, data as { readonly type: string }])
        for (const other of this.#members) if (other !== me) this.#carry(me, other, data)
      },
      close: () => {
        this.#members.delete(me)
      },
    }
  }

  #carry(from: Member, to: Member, data: unknown): void {
    const turns = 1 + Math.floor(this.#random.draw('delay') * 5)
    const before = to.lanes.get(from) ?? Promise.resolve()
    to.lanes.set(
      from,
      before.then(async () => {
        for (let turn = 0; turn < turns; turn++) await nextTurn()
        to.hear(structuredClone(data))
      }),
    )
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
