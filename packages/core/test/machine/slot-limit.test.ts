import { describe, expect, test } from 'vitest'
import { failedLanding, type Landing } from '../../src/machine/landing.ts'
import { newSlotLimit, noteLanding, type SlotLimit } from '../../src/machine/slot-limit.ts'
import { deepFreeze } from './deep-freeze.ts'
import { answered, broken, lost } from './script.ts'

const LOAD = 1_000

/** A storage behind a line: how long a part takes when so many are under way. */
type PartMs = (slots: number) => number

/** Keeps all slots in use, round by round, and remembers how many there were. */
class Rounds {
  limit: SlotLimit
  now = 0
  history: number[] = []
  refused = 0

  constructor(most: number) {
    this.limit = deepFreeze(newSlotLimit(most))
  }

  /** So many parts land, one round after the other; more than `width` at once are refused. */
  land(parts: number, partMs: PartMs, width = Number.POSITIVE_INFINITY): this {
    for (let landed = 0; landed < parts; ) {
      const { slots } = this.limit
      if (!(slots >= 1)) throw new Error(`There are ${slots} slots`)
      const startedAt = this.now
      this.now += partMs(slots)
      for (let slot = 0; slot < slots; slot += 1) {
        if (slot < width) {
          landed += 1
          this.note({ how: 'stored', startedAt, endedAt: this.now, load: LOAD }, slots)
        } else {
          this.refused += 1
          this.note(
            { how: 'refused', startedAt, endedAt: this.now, retryAfterMs: undefined },
            slots,
          )
        }
      }
      if (this.history.at(-1) !== this.limit.slots) this.history.push(this.limit.slots)
    }
    return this
  }

  note(landing: Landing, held = this.limit.slots): this {
    this.limit = deepFreeze(noteLanding(this.limit, landing, held))
    return this
  }

  /** A PUT that began that many milliseconds ago ends with trouble. */
  trouble(how: 'refused' | 'broken', agoMs: number, retryAfterMs?: number): this {
    const times = { startedAt: this.now - agoMs, endedAt: this.now }
    return this.note(how === 'refused' ? { how, ...times, retryAfterMs } : { how, ...times })
  }
}

/** Every exchange takes as long, however many there are. */
const latency: PartMs = () => 100
/** All share one line. */
const shared: PartMs = (slots) => 20 * slots
/** A disk whose heads travel. */
const disk: PartMs = (slots) => slots * (1 + slots)

describe('the number of slots', () => {
  test('begins with six, or what the user allows', () => {
    expect(newSlotLimit(1).slots).toBe(1)
    expect(newSlotLimit(6).slots).toBe(6)
    expect(newSlotLimit(100).slots).toBe(6)
  })

  test('doubles as long as that brings more, up to the maximum', () => {
    expect(new Rounds(30).land(200, latency).history).toEqual([12, 24, 30])
  })

  test('stays where it is while it was never more', () => {
    expect(new Rounds(4).land(200, shared).history).toEqual([4])
  })

  test('comes back when more bring nothing, and falls as far as fewer bring as much', () => {
    expect(new Rounds(16).land(30, shared).history).toEqual([12, 3, 1])
  })

  test('finds the one that brings most', () => {
    // Three at once use up the line.
    const line: PartMs = (slots) => Math.max(100, (100 / 3) * slots)
    const { history } = new Rounds(16).land(100, line)
    expect(history.slice(0, 5)).toEqual([12, 3, 1, 2, 3])
    expect(new Rounds(16).land(60, disk).limit.slots).toBe(1)
  })

  test('tries fewer as soon as fewer bring as much, without another round', () => {
    expect(new Rounds(16).land(21, shared).limit.slots).toBe(3)
    expect(new Rounds(16).land(22, shared).limit.slots).toBe(1)
  })

  test('does not fall by many small losses, each of which would do', () => {
    // Half as many bring 4 % less.
    const goodput = new Map([
      [1, 0.92],
      [2, 0.94],
      [3, 0.96],
    ])
    const partMs: PartMs = (slots) => (100 * slots) / (goodput.get(slots) ?? 1)
    expect(new Rounds(16).land(45, partMs).history).toEqual([12, 3, 1, 2, 3])
  })

  /** So many parts land, each of that load after that time, while all slots are in use. */
  const round = (rounds: Rounds, parts: number, ms: number, load: number): number => {
    const startedAt = rounds.now
    rounds.now += ms
    for (let part = 0; part < parts; part += 1) {
      rounds.note({ how: 'stored', startedAt, endedAt: rounds.now, load })
    }
    return rounds.limit.slots
  }

  test('stays at more that bring just a quarter of what they could, and at fewer that bring 95 %', () => {
    const more = new Rounds(24)
    expect(round(more, 6, 100, 1_000)).toBe(12)
    expect(round(more, 12, 100, 625)).toBe(24)
    const fewer = new Rounds(16)
    expect(round(fewer, 6, 60, 1_000)).toBe(12)
    expect(round(fewer, 12, 120, 1_000)).toBe(3)
    expect(round(fewer, 4, 30, 950)).toBe(1)
  })

  test('are tried again once as many parts have landed as patience asks for, and not one later', () => {
    const rounds = new Rounds(16)
    round(rounds, 6, 60, 1_000)
    round(rounds, 12, 120, 1_000)
    round(rounds, 4, 30, 1_000)
    expect(round(rounds, 4, 10, 1_000)).toBe(1)
    // Of 16 with these four: eight for the one slot, and twice as many since more were in vain once.
    expect(round(rounds, 11, 10, 1_000)).toBe(1)
    expect(round(rounds, 1, 10, 1_000)).toBe(2)
  })

  test('tries again after ever longer times whether more bring more', () => {
    const { history } = new Rounds(16).land(2_000, shared)
    const tries = history.filter((slots, index) => slots > (history[index - 1] ?? 6)).length
    expect(tries).toBeGreaterThan(2)
    expect(tries).toBeLessThan(12)
    expect(new Rounds(16).land(60, shared).land(400, latency).limit.slots).toBe(16)
  })

  test('counts only what began since it changed, and while no slot was idle', () => {
    const rounds = new Rounds(16)
    for (let part = 0; part < 100; part += 1) {
      rounds.note({ how: 'stored', startedAt: 0, endedAt: 1, load: LOAD }, 5)
    }
    expect(rounds.limit.slots).toBe(6)
    rounds.land(6, latency)
    expect(rounds.limit.slots).toBe(12)
    for (let part = 0; part < 100; part += 1) {
      rounds.note({ how: 'stored', startedAt: rounds.now - 1, endedAt: rounds.now, load: LOAD })
    }
    expect(rounds.limit.slots).toBe(12)
  })

  test('does without durations', () => {
    expect(new Rounds(16).land(200, () => 0).limit.slots).toBeGreaterThan(6)
  })
})

describe('a storage that takes four at once', () => {
  test.each([4, 6, 8, 16, 100])('is found to, with a maximum of %i', (most) => {
    const rounds = new Rounds(most).land(100, latency, 4)
    expect(rounds.limit.slots).toBe(4)
    const { refused } = rounds
    expect(refused).toBeLessThanOrEqual(4)
    // From then on it is asked for five at ever longer intervals.
    rounds.land(4_000, latency, 4)
    expect(rounds.refused - refused).toBeLessThan(8)
    expect(Math.max(...rounds.history.slice(5))).toBeLessThanOrEqual(5)
  })

  test('is asked for more when it takes more', () => {
    const rounds = new Rounds(16).land(100, latency, 4).land(500, latency)
    expect(rounds.limit.slots).toBe(16)
  })
})

describe('trouble', () => {
  test('halves the slots, once for all that began before it was noticed', () => {
    const rounds = new Rounds(6)
    rounds.now = 1_000
    for (let part = 0; part < 6; part += 1) rounds.trouble('refused', 500)
    expect(rounds.limit.slots).toBe(3)
    rounds.now += 100
    rounds.trouble('refused', 100)
    expect(rounds.limit.slots).toBe(1)
    rounds.now += 100
    rounds.trouble('refused', 100)
    expect(rounds.limit.slots).toBe(1)
  })

  test('of one broken exchange does not end the round', () => {
    const rounds = new Rounds(16)
    const land = (parts: number): number => {
      for (let part = 0; part < parts; part += 1) {
        rounds.note({ how: 'stored', startedAt: 0, endedAt: 100, load: LOAD })
      }
      return rounds.limit.slots
    }
    land(3)
    rounds.now = 100
    rounds.trouble('broken', 50)
    expect(land(2)).toBe(6)
    expect(land(1)).toBe(12)
  })

  test('of exchanges that began before it was noticed says nothing new', () => {
    const rounds = new Rounds(6)
    rounds.now = 1_000
    rounds.trouble('refused', 500)
    expect(rounds.limit.slots).toBe(3)
    rounds.now = 1_100
    for (let part = 0; part < 5; part += 1) rounds.trouble('broken', 101)
    expect(rounds.limit.slots).toBe(3)
    rounds.trouble('broken', 100).trouble('broken', 100)
    expect(rounds.limit.slots).toBe(1)
  })

  test('while fewer slots are tried halves these', () => {
    const rounds = new Rounds(16).land(21, shared)
    expect(rounds.limit.slots).toBe(3)
    rounds.now += 100
    expect(rounds.trouble('refused', 100).limit.slots).toBe(1)
  })

  test('of the line leaves it open how many the storage takes, where that was found', () => {
    const rounds = new Rounds(100).land(18, latency)
    expect(rounds.limit.slots).toBe(24)
    rounds.now += 100
    expect(rounds.trouble('refused', 100).limit.slots).toBe(12)
    rounds.now += 100
    expect(rounds.trouble('broken', 50).trouble('broken', 50).limit.slots).toBe(6)
    rounds.history = []
    // Halfway to what was refused, not twice as many.
    expect(rounds.land(40, latency).history).toEqual([12, 18, 21, 22])
  })

  test('of the line is forgotten where more slots were of no use', () => {
    const rounds = new Rounds(16).land(60, shared)
    expect(rounds.limit.slots).toBe(1)
    rounds.now += 100
    rounds.trouble('broken', 50).trouble('broken', 50)
    rounds.history = []
    expect(rounds.land(8, latency).history).toEqual([1, 2, 4])
  })

  test('of one broken exchange says little, of two in a round it does', () => {
    const rounds = new Rounds(6)
    for (let round = 0; round < 20; round += 1) {
      rounds.land(6, latency).trouble('broken', 50)
      expect(rounds.limit.slots).toBe(6)
    }
    rounds.trouble('broken', 50)
    expect(rounds.limit.slots).toBe(3)
    // The line is as wide as before: nothing keeps it from growing at once.
    expect(rounds.land(12, latency).limit.slots).toBe(6)
  })

  test('while more slots are tried takes back what was tried', () => {
    const rounds = new Rounds(16).land(6, latency)
    expect(rounds.limit.slots).toBe(12)
    rounds.now += 100
    expect(rounds.trouble('refused', 100).limit.slots).toBe(6)
    // Halfway to what was too many is next.
    expect(rounds.land(6, latency).limit.slots).toBe(9)
  })

  test('keeps them from growing until the storage asked for that (Retry-After)', () => {
    const rounds = new Rounds(6)
    rounds.now = 1_000
    rounds.trouble('refused', 500, 60_000)
    expect(rounds.land(90, latency).limit.slots).toBe(3)
    // Not a millisecond longer.
    rounds.now = 60_900
    expect(rounds.land(3, latency).limit.slots).toBe(4)
  })

  test('far below what was refused is overcome by doubling, not in one leap', () => {
    const rounds = new Rounds(30).land(18, latency)
    expect(rounds.limit.slots).toBe(24)
    rounds.now += 100
    rounds.trouble('refused', 100)
    expect(rounds.limit.slots).toBe(12)
    for (let cut = 0; cut < 4; cut += 1) {
      rounds.now += 100
      rounds.trouble('broken', 50).trouble('broken', 50)
    }
    expect(rounds.limit.slots).toBe(1)
    expect(rounds.land(4, latency).limit.slots).toBe(2)
  })

  test('that keeps on for a while is overcome soon after it ends', () => {
    const rounds = new Rounds(16)
    for (let time = 0; time < 50; time += 1) {
      rounds.now += 1_000
      rounds.trouble('refused', 100)
    }
    expect(rounds.limit.slots).toBe(1)
    expect(rounds.land(60, latency).limit.slots).toBe(16)
  })

  test.each([1, 2, 3, 7, 16])('of any kind leaves 1 to %i slots', (most) => {
    const rounds = new Rounds(most)
    // Any sequence will do, as long as it is the same in every run.
    for (let step = 0; step < 3_000; step += 1) {
      rounds.now += (step * 7919) % 97
      const draw = (step * 0.618_034) % 1
      if (draw < 0.05) rounds.trouble('refused', (step * 31) % 200, (step * 13) % 500)
      else if (draw < 0.1) rounds.trouble('broken', (step * 31) % 200)
      else rounds.land(1, draw < 0.5 ? latency : shared, draw < 0.3 ? 2 : 100)
      expect(rounds.limit.slots).toBeGreaterThanOrEqual(1)
      expect(rounds.limit.slots).toBeLessThanOrEqual(most)
    }
  })
})

describe('what a failed PUT says of the number of slots', () => {
  test.each([
    ['503', answered(503, 5), 'refused'],
    ['429', answered(429), 'refused'],
    ['500', answered(500), 'broken'],
    ['504', answered(504), 'broken'],
    ['408', answered(408), 'broken'],
    ['RequestTimeout', { ...answered(400), reason: 'RequestTimeout' }, 'broken'],
    ['a broken exchange', broken, 'broken'],
    ['a stall', { kind: 'stalled', message: '' }, 'broken'],
    ['403', answered(403), undefined],
    ['NoSuchUpload', lost, undefined],
    ['a changed file', { kind: 'local', code: 'source_changed', message: '' }, undefined],
  ] as const)('%s: %s', (_, failure, how) => {
    expect(failedLanding(failure, 1, 2)?.how).toBe(how)
    expect(failedLanding(failure, undefined, 2)).toBeUndefined()
  })

  test('for how long it wants calm', () => {
    expect(failedLanding(answered(503, 5), 1, 2)).toEqual({
      how: 'refused',
      startedAt: 1,
      endedAt: 2,
      retryAfterMs: 5,
    })
  })
})
