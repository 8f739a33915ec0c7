import { check, checkEqual, rejection } from '../check.ts'
import type { Suite } from '../suite.ts'
import { type Bench, benchCases, type Opened } from './bench.ts'
import type { TransportConformance } from './options.ts'

const MIB = 1024 * 1024

/** More than the system takes of a part that nobody reads. */
const LARGE = 32 * MIB

export function progressCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const always = benchCases(suite, options)
  const it = benchCases(suite.when(options.capabilities.progress, 'progress'), options)

  always(
    '§5 progress, if any, is in whole bytes, never falls and never exceeds the part',
    async (bench) => {
      const opened = await bench.open(8 * MIB)
      const lane = await bench.lane()
      for (const range of [
        { start: 0, end: 8 * MIB },
        { start: 5 * MIB, end: 6 * MIB + 1 },
        { start: 17, end: 18 },
        { start: 9, end: 9 },
      ]) {
        checkSane((await told(opened, lane.url, range)).bytes, range.end - range.start)
      }
    },
  )

  it('§5 progress is the whole part once it is answered', async (bench) => {
    const opened = await bench.open(3 * MIB)
    const lane = await bench.lane()
    for (const range of [
      { start: 0, end: 3 * MIB },
      { start: MIB + 1, end: 2 * MIB },
      { start: 0, end: 1 },
    ]) {
      const { bytes } = await told(opened, lane.url, range)
      checkEqual(bytes.at(-1), range.end - range.start, 'the last progress')
    }
  })

  it('§6.5 a large part shows that it is alive: progress comes in steps', async (bench) => {
    const opened = await bench.open(LARGE)
    const { first, bytes } = await heldHalfway(opened, bench)
    check(first > 0 && first < LARGE, `The first step of progress was ${first} of ${LARGE} bytes`)
    checkEqual(bytes.at(-1), LARGE, 'the last progress')
  })

  it('§5 progress does not run ahead of a network that takes nothing', async (bench) => {
    const { put } = await bench.open(LARGE)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    let last = 0
    const putting = put(lane.url, {
      onProgress: (sentBytes) => {
        last = sentBytes
      },
    })
    putting.catch(() => {})
    await lane.until('headers')
    for (let turn = 0; turn < 20; turn++) await lane.received()
    check(last < LARGE, 'Every byte was reported as sent to a server that has read none')
    await lane.release()
    await putting
    checkEqual(last, LARGE, 'the last progress')
  })

  it('§5 the second attempt begins its progress anew', async (bench) => {
    const opened = await bench.open(LARGE)
    const lane = await bench.lane({ kind: 'break', at: 'body', how: 'reset' })
    const told: number[] = []
    const broken = opened.put(lane.url, { onProgress: (sentBytes) => told.push(sentBytes) })
    await rejection(broken, 'A PUT that is reset')
    checkSane(told, LARGE)
    const { first, bytes } = await heldHalfway(opened, bench)
    checkSane(bytes, LARGE)
    check(first < LARGE, 'The progress of the second attempt has no beginning')
  })

  it('§5 progress of parts at once does not mix', async (bench) => {
    const opened = await bench.open(4 * MIB)
    const lane = await bench.lane()
    await Promise.all(
      [1, 2, 3, 4].map(async (mib) => {
        const { bytes } = await told(opened, lane.url, { start: 0, end: mib * MIB })
        checkSane(bytes, mib * MIB)
        checkEqual(bytes.at(-1), mib * MIB, `the last progress of ${mib} MiB`)
      }),
    )
  })
}

/** Puts the whole file to a server that does not read it before some progress was told. */
async function heldHalfway<TFile>(
  { put }: Opened<TFile>,
  bench: Bench<TFile>,
): Promise<{ readonly first: number; readonly bytes: readonly number[] }> {
  const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
  const bytes: number[] = []
  let putting: Promise<unknown> = Promise.resolve()
  const first = await new Promise<number>((resolve, reject) => {
    const onProgress = (sentBytes: number): void => {
      bytes.push(sentBytes)
      if (sentBytes > 0) resolve(sentBytes)
    }
    putting = put(lane.url, { onProgress })
    putting.catch(reject)
  })
  await lane.release()
  await putting
  return { first, bytes }
}

/** All the progress that was told until the put was answered. */
async function told<TFile>(
  { put, source }: Opened<TFile>,
  url: string,
  range: { readonly start: number; readonly end: number } = { start: 0, end: source.size },
): Promise<{ readonly bytes: readonly number[] }> {
  const bytes: number[] = []
  const { status } = await put(url, { range, onProgress: (sentBytes) => bytes.push(sentBytes) })
  checkEqual(status, 200, 'status')
  return { bytes: [...bytes] }
}

function checkSane(bytes: readonly number[], length: number): void {
  for (const [at, sent] of bytes.entries()) {
    check(Number.isInteger(sent) && sent >= 0, `Progress told ${sent} bytes`)
    check(sent <= length, `Progress told ${sent} bytes of a part of ${length}`)
    const before = bytes[at - 1] ?? 0
    check(sent >= before, `Progress fell from ${before} to ${sent} bytes`)
  }
}
