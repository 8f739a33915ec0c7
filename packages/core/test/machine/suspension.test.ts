import { describe, expect, test } from 'vitest'
import { restoreUpload } from '../../src/machine/restore.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { Script } from './script.ts'

const NIGHT = 8 * 60 * 60 * 1000

/** Two parts are under way since 0, and the alarm is set for a minute later. */
function asleep(): Script {
  const s = new Script().toFlights()
  expect(s.state.wakeAt).toBe(60_000)
  s.now = 30_000 + NIGHT
  return s
}

describe('a suspension', () => {
  test('ends with one more period for whatever is silent', () => {
    const s = asleep()
    expect(s.woke()).toEqual([`wake ${s.now + 60_000}`])
    expect(s.state.multipart?.flights).toHaveLength(2)
    s.now += 60_000
    expect(s.woke()).toContain('cancelPuts 1')
  })

  test('leaves an abort call its time, whose answer may wait as others do', () => {
    const s = new Script({ canAbort: true }).toFlights()
    s.send({ type: 'cancel' })
    s.journaled()
    s.admit()
    expect(s.state.abandoned[0]?.job?.startedAt).toBe(0)
    s.now = s.state.wakeAt + NIGHT
    expect(s.woke()).toEqual([`wake ${s.now + 60_000}`])
    s.now += 60_000
    expect(s.woke()).toContain('dropCall abort')
  })

  test('ends with the first event, whichever that is: the alarm rings after it', () => {
    const s = asleep()
    s.send({ type: 'partProgressed', taskId: s.task(1), sentBytes: 5 })
    expect(s.effects).toEqual([])
    expect(s.woke()).toEqual([`wake ${s.now + 60_000}`])
    expect(s.state.multipart?.flights).toHaveLength(2)
  })

  test('is not measured as the time that a part takes', () => {
    const s = asleep()
    s.confirmed(1)
    // Asleep since no later than when the alarm should have rung.
    expect(s.state.multipart?.partMs).toBe(60_000)
    s.woke()
    s.now += 10
    s.confirmed(2)
    expect(s.state.multipart?.partMs).toBe(60_002)
  })

  test('tells no more of parts of an earlier process, whose beginning nobody saw', () => {
    const before = new Script().toFlights()
    const s = new Script({ queueTasks: 5 }, restoreUpload(recordOf(before.state), []))
    s.send({ type: 'reattached', tasks: [{ taskId: 'u/0/2/7', part: 2, sentBytes: 0 }] })
    s.admit()
    s.send({ type: 'opened', size: 25, lastModified: 5 })
    s.now = s.state.wakeAt + NIGHT
    s.confirmed(2)
    expect(s.state.multipart).toMatchObject({ partMs: undefined, recentMs: [] })
  })

  test('is over after it: the next silence counts', () => {
    const s = asleep()
    s.woke()
    s.now += 61_000
    expect(s.woke()).toContain('cancelPuts 2')
  })

  test('is no alarm that is a minute late', () => {
    const s = new Script().toFlights()
    s.now = 120_000
    expect(s.woke()).toContain('cancelPuts 1')
  })

  test('gives calls that await their answer one more period', () => {
    const signing = new Script()
    signing.journaled()
    signing.admit()
    signing.hashed()
    signing.started()
    signing.journaled()
    expect(signing.state.multipart?.signing).toBeDefined()
    signing.now = NIGHT
    expect(signing.woke()).toEqual([`wake ${NIGHT + 60_000}`])
    const completing = new Script().toComplete()
    completing.now = NIGHT
    expect(completing.woke()).toEqual([`wake ${NIGHT + 60_000}`])
    completing.now += 60_000
    expect(completing.woke()).toContain('dropCall complete')
  })
})
