import type { Network } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import type { Party } from './party.ts'
import type { World } from './world.ts'

export interface Exchange<T> {
  readonly party: Party
  readonly label: string
  /** Shown in errors, as platforms do. */
  readonly secret: string
  readonly signal: AbortSignal | undefined
  /** How long the bytes of the request take. */
  readonly bodyMs: number
  /** A share of the bytes was handed to the network: above 0, at most 1. */
  readonly onProgress: ((share: number) => void) | undefined
  /** What the server does and answers. May be called twice: requests can be duplicated. */
  readonly arrive: () => T
  /** What is never heard of ends like this after so long, where anything does. */
  readonly patienceMs: number | undefined
}

interface Live {
  readonly drop: (arrives: boolean) => void
  readonly fail: (code: string) => void
}

/** Carries requests and answers, badly. */
export class SimNetwork {
  readonly #world: World
  readonly #live = new Set<Live>()
  readonly #listeners = new Set<{ readonly client: ClientProcess; readonly listener: () => void }>()
  #works = true
  #reported = true

  constructor(world: World) {
    this.#world = world
  }

  portFor(client: ClientProcess): Network {
    return {
      isOnline: () => {
        client.toldOnline = this.#reported
        return this.#reported
      },
      subscribe: (listener) => {
        const entry = { client, listener }
        this.#listeners.add(entry)
        client.onDeath.push(() => this.#listeners.delete(entry))
        return () => this.#listeners.delete(entry)
      },
    }
  }

  goDown(reported: boolean): void {
    if (!this.#works) return
    this.#works = false
    this.#world.note('network', () => (reported ? 'goes offline' : 'is dead, unnoticed'))
    for (const live of [...this.#live]) {
      live.drop(false)
      if (this.#world.random.chance('net.breaksOffline', 0.7)) live.fail('ENETDOWN')
    }
    if (reported) this.#report(false)
  }

  comeUp(): void {
    if (this.#works) return
    this.#works = true
    this.#world.note('network', () => 'works again')
    this.#report(true)
  }

  #report(online: boolean): void {
    if (this.#reported === online) return
    this.#reported = online
    for (const { client, listener } of [...this.#listeners]) {
      client.deliver(() => {
        client.toldOnline = online
        listener()
      })
    }
  }

  exchange<T>(exchange: Exchange<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { party, signal, secret, label, patienceMs } = exchange
      const { clock, random } = this.#world
      const timers: (() => void)[] = []
      const arrivals: (() => void)[] = []
      const endings: (() => void)[] = []
      let settled = false
      const after = (ms: number, callback: () => void, list = timers): void => {
        list.push(clock.setTimer(callback, ms))
      }
      const settle = (how: () => void): void => {
        if (settled) return
        settled = true
        this.#live.delete(live)
        signal?.removeEventListener('abort', abort)
        for (const cancel of timers) cancel()
        for (const cancel of endings) cancel()
        party.deliver(how)
      }
      const fail = (code: string): void => {
        this.#world.note('network', () => `${label} breaks: ${code}`)
        settle(() => reject(networkError(code, secret)))
      }
      const live: Live = {
        drop: (arrives) => {
          for (const cancel of timers) cancel()
          if (!arrives) for (const cancel of arrivals) cancel()
        },
        fail,
      }
      const abort = (): void => {
        // Bytes that left the device may still arrive.
        live.drop(this.#world.has('late') && random.chance('net.arrivesAborted', 0.5))
        settle(() => reject(networkError('ABORT_ERR', secret)))
      }
      const answer = (value: T, ms: number): void => after(ms, () => settle(() => resolve(value)))

      this.#live.add(live)
      signal?.addEventListener('abort', abort)
      if (patienceMs !== undefined) after(patienceMs, () => fail('ETIMEDOUT'), endings)
      if (!this.#works) {
        if (random.chance('net.refusesOffline', 0.7)) after(5, () => fail('ENETUNREACH'))
        return
      }
      const there = this.#world.about('net.request', this.#world.plan.latencyMs) + exchange.bodyMs
      const back = this.#world.about('net.answer', this.#world.plan.latencyMs)
      const { onProgress } = exchange
      const progress = (share: number): void => party.deliver(() => settled || onProgress?.(share))
      if (onProgress !== undefined) after(there / 2, () => progress(0.5))
      const fate = this.#fate()
      const arrive = (then: (value: T) => void): void =>
        after(
          there,
          () => {
            progress(1)
            then(exchange.arrive())
          },
          arrivals,
        )
      switch (fate) {
        case 'fine':
          return arrive((value) => answer(value, back))
        case 'refused':
          return after(back, () => fail('ECONNREFUSED'))
        case 'breaks before':
          return after(there * random.draw('net.breaksAt'), () => fail('ECONNRESET'))
        case 'breaks after':
          return arrive(() => after(back, () => fail('ECONNRESET')))
        case 'lost':
          return live.drop(false)
        case 'answer lost':
          return arrive(() => {})
        case 'late':
          after(there, () => progress(1))
          after(there + random.between('net.late', 1_000, 200_000), exchange.arrive, arrivals)
          return
        case 'twice':
          return arrive((value) => {
            const again = random.between('net.again', 0, 60_000)
            // The answer to the second one may be the first to come.
            if (again < back) answer(exchange.arrive(), back)
            else {
              clock.setTimer(exchange.arrive, again)
              answer(value, back)
            }
          })
      }
    })
  }

  #fate(): Fate {
    const { random } = this.#world
    if (this.#world.strikes('reset')) return random.pick('net.reset', RESETS)
    if (this.#world.strikes('loss')) return random.pick('net.loss', LOSSES)
    if (this.#world.strikes('late')) return 'late'
    if (this.#world.strikes('duplicate')) return 'twice'
    return 'fine'
  }
}

const RESETS = ['refused', 'breaks before', 'breaks after'] as const
const LOSSES = ['lost', 'answer lost'] as const
type Fate = (typeof RESETS)[number] | (typeof LOSSES)[number] | 'fine' | 'late' | 'twice'

/** As platforms make them: with everything in the message that must not be shown. */
function networkError(code: string, secret: string): Error {
  return Object.assign(new Error(`${code} while talking to ${secret}`), { code })
}
