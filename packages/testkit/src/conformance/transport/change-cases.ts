import type { ErrorCode } from '@s3-bg-uploader/core'
import { checkBytes, checkEqual, checkUploadError, rejection } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const SIZE = 1_000_003

const CHANGES: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['became shorter', patternBytes(SIZE - 1)],
  ['became empty', patternBytes(0)],
  ['became longer', patternBytes(SIZE + 1)],
  ['has other bytes, as many', patternBytes(SIZE, 2)],
]

const GONE: readonly ErrorCode[] = ['source_changed', 'file_not_found', 'file_unreadable']

export function changeCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite.when(!options.limits?.immutableFiles, 'files that change'), options)

  for (const [what, changed] of CHANGES) {
    it(`§6.6 reading a file that ${what} throws source_changed`, async (bench) => {
      const { source, test } = await bench.open(SIZE)
      await test.change?.(changed)
      const reading = source.read({ start: 0, end: SIZE }, new Uint8Array(SIZE))
      checkUploadError(await rejection(reading, 'read'), ['source_changed'], 'read')
    })

    it(`§6.6 putting a file that ${what} throws source_changed and completes no part`, async (bench) => {
      const { put, test } = await bench.open(SIZE)
      await test.change?.(changed)
      const lane = await bench.lane()
      checkUploadError(await rejection(put(lane.url), 'put'), ['source_changed'], 'put')
      const complete = (await lane.received()).filter((request) => request.complete)
      checkEqual(complete.length, 0, 'parts that the server has completely')
    })
  }

  it('§6.6 putting a range that did not change, of a file that did, throws source_changed', async (bench) => {
    const { put, test, bytes } = await bench.open(SIZE)
    await test.change?.(
      Uint8Array.from([...bytes.subarray(0, SIZE - 1), 0x55 ^ (bytes[SIZE - 1] ?? 0)]),
    )
    const lane = await bench.lane()
    const error = await rejection(put(lane.url, { range: { start: 0, end: 1000 } }), 'put')
    checkUploadError(error, ['source_changed'], 'put')
  })

  it('§6.6 a part whose file changes while it is sent throws source_changed', async (bench) => {
    const size = 32 * 1024 * 1024
    const { put, test } = await bench.open(size)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const putting = put(lane.url)
    putting.catch(() => {})
    await lane.until('headers')
    await test.change?.(patternBytes(size, 2))
    await lane.release()
    checkUploadError(await rejection(putting, 'put'), ['source_changed'], 'put')
    if (options.limits?.readsUnseen) return
    checkEqual((await lane.received())[0]?.complete, false, 'whether the server has the whole part')
  })

  it('§6.6 a file that changes after one part fails the next', async (bench) => {
    const { put, test } = await bench.open(SIZE)
    const lane = await bench.lane()
    checkEqual((await put(lane.url, { range: { start: 0, end: 500_000 } })).status, 200, 'status')
    await test.change?.(patternBytes(SIZE, 2))
    const next = put(lane.url, { range: { start: 500_000, end: SIZE } })
    checkUploadError(await rejection(next, 'put'), ['source_changed'], 'put')
  })

  it('§6.6 a removed file gives its old bytes or fails typed, to read and to put', async (bench) => {
    const { source, put, test, bytes } = await bench.open(SIZE)
    await test.remove?.()
    const into = new Uint8Array(SIZE)
    const read = await source.read({ start: 0, end: SIZE }, into).catch((error: unknown) => {
      checkUploadError(error, GONE, 'read')
    })
    if (read) checkBytes(read, bytes, 'the removed file')
    const lane = await bench.lane()
    const response = await put(lane.url).catch((error: unknown) => {
      checkUploadError(error, GONE, 'put')
    })
    if (response) checkBytes(await lane.body(), bytes, 'the part of the removed file')
  })

  it('§6.6 a change of one file is none of another', async (bench) => {
    const transport = await bench.create()
    const changed = await bench.open(1000, transport)
    const other = await bench.open(patternBytes(1000, 3), transport)
    await changed.test.change?.(patternBytes(1001))
    const lane = await bench.lane()
    checkEqual((await other.put(lane.url)).status, 200, 'status')
    checkBytes(await lane.body(), other.bytes, 'the part of the other file')
  })
}
