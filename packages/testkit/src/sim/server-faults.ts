import type { HttpAnswer } from './http-answer.ts'
import type { Server, World } from './world.ts'

const BUSY = [500, 502, 503, 504, 429, 408, 425]

/** Errors of servers that have a bad day: the request did not take effect. */
export function badDay(world: World, server: Server): HttpAnswer | undefined {
  const { random } = world
  if (world.outage === server) return { status: 500, headers: {}, body: 'outage' }
  if (world.strikes('retry-after')) {
    const seconds = random.pick('server.retryAfter', [1, 5, 30, 120])
    const asDate = !world.has('no-date') && random.chance('server.retryAfterDate', 0.3)
    const value = asDate
      ? new Date(world.clock.wall() + seconds * 1000).toUTCString()
      : String(seconds)
    const status = random.pick('server.retryAfterStatus', [429, 503])
    return { status, headers: { 'retry-after': value }, body: '' }
  }
  if (world.strikes('server-error')) {
    return { status: random.pick('server.status', BUSY), headers: {}, body: 'busy' }
  }
  return undefined
}

/** A gateway gave up, but what is behind it did not. */
export function errorAfterEffect(world: World): HttpAnswer | undefined {
  return world.strikes('error-after-effect')
    ? { status: world.random.pick('server.gateway', [500, 504]), headers: {}, body: 'gateway' }
    : undefined
}

/** Every honest server says what time it is. */
export function withDate(world: World, answer: HttpAnswer): HttpAnswer {
  if (world.has('no-date')) return answer
  const seconds = Math.floor(world.clock.wall() / 1000)
  if (seconds !== latest.seconds) {
    latest = { seconds, date: new Date(seconds * 1000).toUTCString() }
  }
  return { ...answer, headers: { ...answer.headers, date: latest.date } }
}

/** Making dates is slow, and many answers come within one second. */
let latest = { seconds: Number.NaN, date: '' }
