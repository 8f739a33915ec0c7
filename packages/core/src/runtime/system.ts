import type { UploadError } from '../errors.ts'
import { defaultHasher } from '../hash/hasher.ts'
import type { Clock, Fetch, FetchResponse, Network, Platform, Random } from '../ports.ts'

// What every runtime has, but not under names that a type library of ours declares.
const host = globalThis as {
  readonly performance?: { now(): number }
  readonly fetch?: (url: string, request: object) => Promise<FetchResponse>
  readonly console?: { error(...values: unknown[]): void }
}

/** Timers keep no more than 31 bits of delay; ringing early is allowed, ringing at once is not. */
const LONGEST_DELAY = 2 ** 31 - 1

let latest = 0

const systemClock: Clock = {
  now() {
    // Where there is no monotonic clock the other one stands still when it is set back.
    latest = Math.max(latest, host.performance?.now() ?? Date.now())
    return latest
  },
  wall: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), LONGEST_DELAY))
    return () => clearTimeout(timer)
  },
}

const systemRandom: Random = { draw: () => Math.random() }

const alwaysOnline: Network = { isOnline: () => true, subscribe: () => () => {} }

const systemFetch: Fetch = (url, request) => {
  if (host.fetch === undefined) throw new Error('This runtime has no fetch')
  return host.fetch(url, request)
}

/** The ports that need no platform of their own. `report` hears of what they have to do without. */
export function systemPlatform(report: (error: UploadError) => void): Platform {
  return {
    clock: systemClock,
    random: systemRandom,
    network: alwaysOnline,
    hasher: defaultHasher(report),
    fetch: systemFetch,
  }
}

/** Where problems go that nobody asked to hear of. */
export function reportToConsole(error: UploadError): void {
  host.console?.error(
    `s3-bg-uploader: ${error.message} (${error.code}). ${error.hint} ${error.docs}`,
    error.cause,
  )
}
