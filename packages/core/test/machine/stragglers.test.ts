import { describe, expect, test } from 'vitest'
import { restoreUpload } from '../../src/machine/restore.ts'
import type { Rules } from '../../src/machine/rules.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { answered, broken, fileOf, Script } from './script.ts'

/** Of six parts four took 500 ms each; the last two have just begun. */
function toTail(rules: Partial<Rules> = {}): Script {
  const s = new Script({ slots: 2, slotsNow: 2, ...rules }, newUpload(fileOf(60))).toSigned()
  s.grant()
  s.grant()
  for (const part of [1, 2, 3, 4]) {
    if (part % 2 === 1) s.now += 500
    s.confirmed(part)
    s.grant()
  }
  return s
}

function progress(s: Script, part: number, sentBytes: number): string[] {
  return s.send({ type: 'partProgressed', taskId: s.task(part), sentBytes })
}

describe('the last parts of an upload', () => {
  test('are put anew when one takes four times as long as the others, once', () => {
    const s = toTail()
    const startedAt = s.now
    s.now += 400
    progress(s, 6, 9)
    progress(s, 5, 4)
    expect(s.state.wakeAt).toBe(startedAt + 2_000)
    s.now += 100
    s.confirmed(6)
    const task = s.task(5)
    expect(s.ring()).toEqual(['cancelPuts 5', 'releaseSlots 1', `wake ${startedAt + 2_050}`])
    expect(s.ring()).toContain('wantSlots 1')
    expect(s.grant()).toContain('put 5 [40,50) url5')
    expect(s.task(5)).not.toBe(task)
    // It is no failed attempt, and not done a second time.
    expect(s.state.multipart?.flights).toMatchObject([{ part: 5, failed: 0 }])
    expect(s.state.multipart?.failedPuts.size).toBe(0)
    s.now += 50_000
    expect(s.woke()).not.toContain('cancelPuts 5')
    // Whatever the exchange that was given up would still tell does not matter.
    s.send({ type: 'partFailed', taskId: task, failure: broken, draw: 0 })
    expect(s.state.multipart?.flights).toHaveLength(1)
    expect(s.confirmed(5)).toContain('journalPart 5 e5')
  })

  test('are put anew likewise where the journal has those that come after them', () => {
    const { state } = new Script({}, newUpload(fileOf(60))).toSigned()
    const s = new Script({}, restoreUpload(recordOf(state), [[6, 'e6']]))
    s.woke()
    s.admit()
    s.send({ type: 'opened', size: 60, lastModified: 5 })
    s.signed()
    s.grant()
    s.grant()
    for (const part of [1, 2, 3]) {
      s.now += 500
      s.confirmed(part)
      s.grant()
    }
    s.now += 10_000
    expect(s.woke()).toContain('cancelPuts 4,5')
  })

  test('are compared with what is usual, not with what was slow as well', () => {
    const s = new Script({}, newUpload(fileOf(70))).toSigned()
    s.grant()
    s.grant()
    for (const [part, ms] of [
      [1, 300],
      [2, 0],
      [3, 9_000],
      [4, 0],
      [5, 300],
    ] as const) {
      s.now += ms
      s.confirmed(part)
      s.grant()
    }
    expect(s.state.multipart?.recentMs).toEqual([300, 300, 9_000, 9_000, 300])
    s.now += 1_200
    expect(s.woke()).toContain('cancelPuts 6,7')
  })

  test('are left alone when half of one has left: the storage may soon have it', () => {
    const s = toTail()
    progress(s, 5, 5)
    progress(s, 6, 5)
    s.now += 10_000
    expect(s.woke().join()).not.toContain('cancelPuts')
    // Nothing but standing still ends them now.
    expect(s.state.wakeAt).toBe(s.now + 50_000)
  })

  test('are left alone below a second', () => {
    const s = new Script({}, newUpload(fileOf(60))).toSigned()
    s.grant()
    s.grant()
    for (const part of [1, 2, 3, 4]) {
      s.confirmed(part)
      s.grant()
    }
    s.now += 900
    expect(s.woke().join()).not.toContain('cancelPuts')
    expect(s.ring()).toContain('cancelPuts 5,6')
  })

  test.each([
    ['there is no telling how much was sent', { seesProgress: false }],
    ['a queue sends them', { queueTasks: 2 }],
  ])('are left alone where %s', (_, rules) => {
    const s = toTail(rules)
    s.now += 10_000
    expect(s.woke().join()).not.toContain('cancelPuts')
  })

  test.each<[string, (s: Script) => unknown]>([
    ['waits for its retry', (s) => s.putFailed(6, answered(503, 60_000))],
    ['waits for its URL', (s) => s.putFailed(6, answered(403))],
    [
      'waits until its URL is asked for again',
      (s) => [s.putFailed(6, answered(403)), s.callFailed(answered(503, 60_000))],
    ],
  ])('are left alone while another one %s', (_, play) => {
    const s = toTail()
    play(s)
    s.now += 10_000
    expect(s.woke().join()).not.toContain('cancelPuts')
    expect(s.task(5)).toContain('u/0/5/')
  })

  test('are compared with the last five, not with those of long ago', () => {
    const s = new Script({}, newUpload(fileOf(130))).toSigned()
    s.grant()
    for (let part = 1; part <= 11; part += 1) {
      s.now += part <= 6 ? 9_000 : 300
      if (s.state.multipart?.signing !== undefined) s.signed()
      s.confirmed(part)
      s.grant()
    }
    s.now += 300
    s.confirmed(12)
    s.grant()
    s.now += 1_200
    expect(s.woke()).toContain('cancelPuts 13')
  })

  test('are left alone while others wait to be started', () => {
    const s = new Script({}, newUpload(fileOf(80))).toSigned()
    s.grant()
    s.grant()
    for (const part of [1, 2, 3, 4]) {
      s.now += 250
      s.confirmed(part)
      s.grant()
    }
    s.now += 10_000
    expect(s.woke().join()).not.toContain('cancelPuts')
  })
})
