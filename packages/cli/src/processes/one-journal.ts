import { join } from 'node:path'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'

const PART_SIZE = 64 * 1024
/** Of each kind. */
const RACES = 10
const LOCKED = /^error: .* \[store_locked\]\nhint: /

/** Guarantee 9: two processes on one journal, of which one uploads. */
export const oneJournal: Trial = {
  name: 'one-journal',
  title: 'of two processes on one journal one is told to wait, whatever happens to the other',
  async run(dir, say) {
    const bench = await Bench.open(dir, { parts: 24, partSize: PART_SIZE })
    try {
      const lines = [await lockOut(bench), await takeOver(bench)]
      say('races')
      lines.push(await race(bench, 'a new journal', (turn) => join(dir, `race ${turn}`)))
      lines.push(await race(bench, 'an old journal', () => join(dir, 'race 0')))
      return { violations: bench.violations, lines }
    } finally {
      await bench.close()
    }
  },
}

/** While one uploads, no command gets at its journal, and it is not disturbed. */
async function lockOut(bench: Bench): Promise<string> {
  const { witness, state } = bench
  witness.paceOf = () => PART_SIZE / 2
  const first = bench.upload()
  await bench.seen('partMoved')
  const others = [
    bench.upload(),
    bench.resume(),
    ...['status', 'cancel', 'prune'].map((name) => bench.client([name, '--state', state])),
  ]
  for (const other of others) {
    const end = await other.ended
    bench.checkEnd('a second process', end, 1, LOCKED)
    const named = end.stderr.includes(`process ${first.pid},`)
    bench.check(named, `a second process did not name process ${first.pid}: ${end.stderr}`)
  }
  bench.check(first.running, 'the first process was done before the others came')
  bench.checkEnd('the first process', await first.ended, 0)
  await bench.checkStored()
  const { length } = witness.attempts
  bench.check(length === 24, `24 parts were sent ${length} times`)
  return `${others.length} commands were locked out; 24 parts were sent ${length} times`
}

/** The lock of a killed process is no lock. */
async function takeOver(bench: Bench): Promise<string> {
  const { witness } = bench
  const before = witness.attempts.length
  const state = `${bench.state} 2`
  const first = bench.upload({ state })
  await bench.seen('partAnswered')
  const second = bench.resume({ state })
  bench.checkEnd('the second process', await second.ended, 1, LOCKED)
  bench.check(first.running, 'the first process was done before it could be killed')
  await first.kill()
  witness.paceOf = () => Number.POSITIVE_INFINITY
  bench.checkEnd('the heir', await bench.resume({ state }).ended, 0)
  const sent = witness.attempts.length - before
  bench.check(sent <= 24 + 6, `24 parts were sent ${sent} times, with six at once`)
  return `after kill -9 the next one finished; 24 parts were sent ${sent} times`
}

/** Two that start at the same instant. No part gets through before one of them has given up. */
async function race(
  bench: Bench,
  what: string,
  stateOf: (turn: number) => string,
): Promise<string> {
  const { witness } = bench
  const wins: [number, number] = [0, 0]
  witness.quota = 0
  for (let turn = 0; turn < RACES; turn += 1) {
    const state = stateOf(turn)
    const rivals = [bench.upload({ state }), bench.upload({ state })] as const
    const asked = bench.seen('partHeld')
    const end = await Promise.race(rivals.map(({ ended }) => ended))
    bench.checkEnd(`one of race ${turn} for ${what}`, end, 1, LOCKED)
    await asked
    const winner = rivals.findIndex(({ running }) => running)
    if (winner === -1) bench.check(false, `race ${turn} for ${what} has no winner`)
    else wins[winner === 0 ? 0 : 1] += 1
    for (const rival of rivals) await rival.kill()
    await witness.quiet()
  }
  witness.quota = Number.POSITIVE_INFINITY
  return `${RACES} races for ${what}: won ${wins[0]} times by the first process, ${wins[1]} by the second`
}
