import { describe, expect, test } from 'vitest'
import { emptyEtags, withEtag } from '../../src/machine/etag-table.ts'
import { type Multipart, newMultipart } from '../../src/machine/multipart.ts'
import { agingAt, isUsable, noteSigned, refill, smooth } from '../../src/machine/signing.ts'
import type { UploadEffect } from '../../src/machine/upload-effect.ts'
import { newUpload, type UploadState } from '../../src/machine/upload-state.ts'
import { fileOf, rules, Script } from './script.ts'

const blank = newMultipart({
  key: 'k',
  uploadId: 'm',
  partSize: 10,
  parts: 10_000,
  recordTicket: 1,
})

function asked(
  given: Partial<Multipart>,
  slots: number,
  now = 0,
  isNext?: boolean,
): readonly number[] {
  const out: UploadEffect[] = []
  refill(
    newUpload(fileOf(100_000)),
    { ...blank, ...given },
    now,
    { ...rules, slots, slotsNow: slots },
    out,
    isNext,
  )
  const [effect] = out
  return effect?.type === 'callUrls' ? effect.parts : []
}

function ready(count: number, lifeMs = Number.POSITIVE_INFINITY): Multipart['ready'] {
  return Array.from({ length: count }, (_, index) => ({
    part: index + 1,
    failed: 0,
    url: 'x',
    lifeMs,
    expiresAt: lifeMs,
  }))
}

describe('how many URLs are asked for', () => {
  test.each([
    // Nothing is known yet: as if a urls call took as long as a part.
    ['at first, 1 slot', {}, 1, 6],
    ['at first, 8 slots', {}, 8, 40],
    // Twice what 8 slots send in 1.5 urls calls, and one more for each.
    ['urls 1 s, PUT 100 ms', { signMs: 1000, partMs: 100 }, 8, 256],
    // Calls that nobody waits for are few and large.
    ['quick urls calls', { signMs: 1, partMs: 1000 }, 8, 96],
    ['never more than 1000', { signMs: 60_000, partMs: 10 }, 8, 1000],
    [
      'short lives: what can be sent in half of one',
      { signMs: 200, partMs: 100, urlLifeMs: 1000 },
      4,
      20,
    ],
    ['lives shorter than a part: one for each slot', { partMs: 9000, urlLifeMs: 1000 }, 4, 4],
    ['parts that take no time', { signMs: 0, partMs: 0 }, 4, 48],
    ['parts that take no time, lives of a moment', { signMs: 0, partMs: 0, urlLifeMs: 8 }, 4, 16],
  ])('%s', (_, given, slots, count) => {
    expect(asked(given, slots)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  })

  test.each([
    ['an empty queue: what it takes, and what is sent meanwhile', 40, 0, 0, 70],
    ['a large queue: not all at once', 1000, 0, 0, 80],
    ['a queue with some room', 40, 35, 0, 35],
    ['a queue whose parts wait for their retry: these keep their places', 40, 30, 5, 35],
    ['a full queue', 40, 40, 0, 30],
  ])('%s', (_, queueTasks, flying, waiting, count) => {
    const out: UploadEffect[] = []
    const flights = Array.from({ length: flying }, () => ({})) as unknown as Multipart['flights']
    const delayed = Array.from({ length: waiting }, () => ({})) as unknown as Multipart['delayed']
    const multipart = { ...blank, flights, delayed }
    refill(
      newUpload(fileOf(100_000)),
      multipart,
      0,
      { ...rules, slots: 6, slotsNow: 6, queueTasks },
      out,
    )
    expect(out).toMatchObject([{ type: 'callUrls', parts: { length: count } }])
  })

  test('only the missing ones, when fewer than a urls call uses up are left', () => {
    expect(asked({ ready: ready(21), next: 22 }, 8)).toEqual([])
    expect(asked({ ready: ready(20), next: 21 }, 8)).toHaveLength(20)
  })

  test('the last batch is as large as the rest', () => {
    expect(asked({ next: 9_999 }, 8)).toEqual([9_999, 10_000])
    expect(asked({ next: 10_001 }, 8)).toEqual([])
  })

  test('parts that a journal brought along are passed over, and that once', () => {
    const out: UploadEffect[] = []
    const confirmed = withEtag(withEtag(emptyEtags, 9_999, 'x'), 10_000, 'x')
    const step = (state: UploadState, multipart: Multipart): UploadState =>
      refill(state, multipart, 0, { ...rules, slots: 1, slotsNow: 1 }, out)
    const passed = step(newUpload(fileOf(100_000)), { ...blank, next: 9_999, confirmed })
    expect(passed.multipart?.next).toBe(10_001)
    expect(step(passed, passed.multipart ?? blank)).toBe(passed)
    expect(out).toEqual([])
  })

  test('how long a urls call takes is measured from when it was made', () => {
    const s = new Script()
    s.journaled()
    s.admit()
    s.hashed()
    s.now = 1000
    s.started()
    s.now = 1200
    s.signed()
    expect(s.state.multipart?.signMs).toBe(200)
  })

  test('parts that wait again come first', () => {
    expect(asked({ next: 50, returned: [{ part: 3, failed: 1 }] }, 1)).toEqual([
      3, 50, 51, 52, 53, 54,
    ])
  })

  test('one call at a time, and none before its retry is due', () => {
    expect(asked({ signing: { ticket: 1, parts: [], askedAt: 0 } }, 1)).toEqual([])
    expect(asked({ signRetryAt: 10 }, 1, 9)).toEqual([])
    expect(asked({ signRetryAt: 10 }, 1, 10)).not.toEqual([])
  })
})

describe('URLs that will soon be too old', () => {
  test('are asked for again, before the other parts of the call', () => {
    const given = { ready: ready(2, 1000), next: 9_999, partMs: 0 }
    expect(asked(given, 1, 1000, true)).toEqual([1, 2, 9_999, 10_000])
    expect(asked(given, 1, 1000)).toEqual([9_999, 10_000])
    expect(asked(given, 1, 999, true)).toEqual([9_999, 10_000])
  })

  test('are part of what is asked for at once', () => {
    const given = { ready: ready(2, 1000), next: 3, partMs: 0 }
    expect(asked(given, 1, 1000, true)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('are asked for without those that are not', () => {
    const [first, old] = [ready(1), ready(2, 1000).slice(1)]
    expect(asked({ ready: [...first, ...old], next: 10_001 }, 1, 1000, true)).toEqual([2])
  })

  test('and those of a part that waits again meanwhile, which needs no second one', () => {
    const signing = { ticket: 1, parts: [], askedAt: 0 }
    const waiting = {
      ...blank,
      signing,
      returned: [
        { part: 1, failed: 3 },
        { part: 2, failed: 0 },
      ],
    }
    const urls = [{ part: 1, url: 'y', lifeMs: undefined }]
    const noted = noteSigned(waiting, signing, { type: 'signed', ticket: 1, urls, draw: 0, now: 0 })
    expect(noted.ready).toMatchObject([{ part: 1, url: 'y', failed: 3 }])
    expect(noted.returned).toEqual([{ part: 2, failed: 0 }])
  })

  test('are not, as long as there are enough that are not', () => {
    const given = { ready: [...ready(20, 1000), ...ready(4)], next: 10_001 }
    expect(asked(given, 1, 1000, true)).toEqual([])
  })

  test('are no more than can be sent now, when there are fewer slots than when they came', () => {
    const given = { ready: ready(100, 1000), next: 10_001 }
    expect(asked(given, 1, 1000, true)).toEqual([1, 2, 3, 4, 5, 6])
    const slow = { ready: ready(3000, 1000), next: 10_001, signMs: 60_000, partMs: 10 }
    expect(asked(slow, 8, 1000, true)).toHaveLength(1000)
  })

  test.each([
    ['none', {}, Number.POSITIVE_INFINITY],
    ['the last one counts', { ready: [...ready(1, 10), ...ready(1, 1000)], partMs: 0 }, 1000],
    ['a part that takes nobody knows how long', { ready: ready(1, 1600), signMs: 40 }, 1240],
    ['a part and a call before the end', { ready: ready(1, 1000), partMs: 60, signMs: 40 }, 850],
    ['half a life at most', { ready: ready(1, 1000), partMs: 490, signMs: 40 }, 500],
    [
      'longer parts: never',
      { ready: ready(1, 1000), partMs: 501, signMs: 40 },
      Number.POSITIVE_INFINITY,
    ],
    ['while a retry waits', { ready: ready(1, 1000), signRetryAt: 2000 }, 2000],
    [
      'while a call is under way',
      { ready: ready(1, 1000), signing: { ticket: 1, parts: [], askedAt: 0 } },
      Number.POSITIVE_INFINITY,
    ],
    ['without an end', { ready: ready(1), partMs: 1e9, signMs: 40 }, Number.POSITIVE_INFINITY],
  ])('are aging: %s', (_, given, at) => {
    expect(agingAt({ ...blank, ...given })).toBe(at)
  })
})

test.each([
  // lifeMs, left, partMs, usable
  [1000, 1, 0, true],
  [1000, 0, 0, false],
  // Nobody knows yet how long a part takes: a minute, or an eighth of a short life.
  [1000, 187, undefined, false],
  [1000, 188, undefined, true],
  [3_600_000, 90_000, undefined, false],
  [3_600_000, 90_001, undefined, true],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, undefined, true],
  [1000, 150, 100, false],
  [1000, 151, 100, true],
  [1000, 500, 10_000, false],
  [1000, 501, 10_000, true],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1e9, true],
])(
  'a URL of %d ms with %d ms left, parts of %s ms: usable is %s',
  (lifeMs, left, partMs, usable) => {
    const signed = { part: 1, failed: 0, url: 'x', lifeMs, expiresAt: 5000 + left }
    expect(isUsable(signed, 5000, partMs)).toBe(usable)
  },
)

test('durations are smoothed, beginning with the first', () => {
  expect(smooth(undefined, 100)).toBe(100)
  expect(smooth(100, 200)).toBe(120)
})
