import { check, checkBytes, checkEqual, rejection } from '../check.ts'
import type { Lane } from '../lane.ts'
import type { Behaviour } from '../put-server.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const LARGE = 16 * 1024 * 1024

/** More than the buffers between two programs hold, so that the sender has to wait. */
const STALLS: readonly (readonly [what: string, behaviour: Behaviour, bytes: number])[] = [
  ['before a large part is read', { kind: 'stall', reading: 'nothing' }, LARGE],
  ['before a small part is read', { kind: 'stall', reading: 'nothing' }, 10],
  ['after the part is read', { kind: 'stall', reading: 'everything' }, 100_000],
]

export function abortCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  for (const [what, behaviour, bytes] of STALLS) {
    it(`§6.5 a server that stalls ${what} keeps a put waiting until it is aborted`, async (bench) => {
      const { put } = await bench.open(bytes)
      const lane = await bench.lane(behaviour)
      const abort = new AbortController()
      const putting = watched(put(lane.url, { signal: abort.signal }))
      await lane.until(
        behaviour.kind === 'stall' && behaviour.reading === 'everything' ? 'body' : 'headers',
      )
      // Whoever gives up by itself would retry where the core has not decided to.
      await roundTrips(lane)
      checkEqual(putting.settled(), false, 'whether the put is over before it was aborted')
      abort.abort()
      await rejection(putting.promise, 'A put that was aborted')
    })
  }

  it('§6.8 a put that is aborted ends its connection, with the part incomplete', async (bench) => {
    const { put } = await bench.open(LARGE)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const abort = new AbortController()
    const putting = watched(put(lane.url, { signal: abort.signal }))
    await lane.until('headers')
    abort.abort()
    await rejection(putting.promise, 'A put that was aborted')
    await lane.until('closed')
    checkEqual((await lane.received())[0]?.complete, false, 'whether the part is complete')
  })

  it('§6.8 a put that is aborted before it begins sends nothing', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane()
    const abort = new AbortController()
    abort.abort()
    await rejection(put(lane.url, { signal: abort.signal }), 'A put that was aborted')
    await roundTrips(lane)
    checkEqual(await lane.received(), [], 'what arrived')
  })

  it('§6.8 a put that is aborted in the same turn rejects', async (bench) => {
    const { put } = await bench.open(LARGE)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const abort = new AbortController()
    const putting = watched(put(lane.url, { signal: abort.signal }))
    abort.abort()
    await rejection(putting.promise, 'A put that was aborted')
  })

  it('§6.8 an abort after the answer changes nothing', async (bench) => {
    const { put, bytes } = await bench.open(300_000)
    const lane = await bench.lane()
    const abort = new AbortController()
    checkEqual((await put(lane.url, { signal: abort.signal })).status, 200, 'status')
    abort.abort()
    abort.abort()
    checkEqual((await put(lane.url)).status, 200, 'status of the next part')
    checkBytes(await lane.body(1), bytes, 'the next part')
  })

  it('§6.8 a source whose put was aborted puts the same part again', async (bench) => {
    const { put, bytes } = await bench.open(LARGE)
    const lane = await bench.lane(
      { kind: 'stall', reading: 'nothing' },
      { kind: 'answer', status: 200 },
    )
    const abort = new AbortController()
    const putting = watched(put(lane.url, { signal: abort.signal }))
    await lane.until('headers')
    abort.abort()
    await rejection(putting.promise, 'A put that was aborted')
    checkEqual((await put(lane.url)).status, 200, 'status of the second attempt')
    checkBytes(await lane.body(1), bytes, 'the second attempt')
  })

  it('§6.8 aborting one put leaves those beside it alone', async (bench) => {
    const { put, bytes } = await bench.open(4_000_000)
    const stalling = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const lanes = await Promise.all([
      bench.lane({ kind: 'answer', status: 200, gated: true }),
      bench.lane({ kind: 'answer', status: 200, gated: true }),
    ])
    const abort = new AbortController()
    const aborted = watched(put(stalling.url, { signal: abort.signal }))
    const others = lanes.map((lane) => watched(put(lane.url)))
    await Promise.all([stalling, ...lanes].map((lane) => lane.until('headers')))
    abort.abort()
    await rejection(aborted.promise, 'A put that was aborted')
    await Promise.all(lanes.map((lane) => lane.release()))
    for (const { promise } of others) checkEqual((await promise).status, 200, 'status beside it')
    for (const lane of lanes) checkBytes(await lane.body(), bytes, 'the part beside it')
  })

  it('§6.8 20 aborted puts in a row use nothing up', async (bench) => {
    const { put, bytes } = await bench.open(1_000_000)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    for (let turn = 0; turn < 20; turn++) {
      const abort = new AbortController()
      const putting = watched(put(lane.url, { signal: abort.signal }))
      await lane.until('headers', turn)
      abort.abort()
      await rejection(putting.promise, 'A put that was aborted')
    }
    const good = await bench.lane()
    checkEqual((await put(good.url)).status, 200, 'status')
    checkBytes(await good.body(), bytes, 'the part')
  })

  it('§6.8 one signal ends many puts', async (bench) => {
    const { put } = await bench.open(1_000_000)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const abort = new AbortController()
    const many = Math.min(10, options.limits?.connections ?? 10)
    const all = Array.from({ length: many }, () => watched(put(lane.url, { signal: abort.signal })))
    await lane.until('headers', many - 1)
    abort.abort()
    for (const { promise } of all) await rejection(promise, 'A put that was aborted')
    for (let index = 0; index < many; index++) await lane.until('closed', index)
  })

  it('§5 an aborted put tells no progress any more', async (bench) => {
    const { put } = await bench.open(LARGE)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const abort = new AbortController()
    let over = false
    const late: number[] = []
    const onProgress = (sentBytes: number): void => {
      if (over) late.push(sentBytes)
    }
    const putting = watched(put(lane.url, { signal: abort.signal, onProgress }))
    await lane.until('headers')
    abort.abort()
    await rejection(putting.promise, 'A put that was aborted')
    over = true
    await lane.release()
    await lane.until('closed')
    await roundTrips(lane)
    check(late.length === 0, `Progress that was told after the put was over: ${late.join(', ')}`)
  })
}

/** A promise that may be looked at. Its failure is ours to handle, whenever we get to it. */
function watched<T>(promise: Promise<T>): { readonly promise: Promise<T>; settled(): boolean } {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  return { promise, settled: () => settled }
}

/** Lets happen what is about to happen, without waiting for a time: some ways to the server and back. */
async function roundTrips(lane: Lane): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await lane.received()
    await new Promise<void>((resolve) => setTimeout(resolve, 0))
  }
}
