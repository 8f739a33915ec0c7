import type { Range } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual, checkUploadError, rejection } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const KIB = 1024
const MIB = 1024 * KIB
const SIZE = 2 * MIB + 3

/** Around the sizes of the pieces in which platforms read. */
const RANGES: readonly Range[] = [
  { start: 0, end: 0 },
  { start: SIZE, end: SIZE },
  { start: 0, end: 1 },
  { start: SIZE - 1, end: SIZE },
  { start: 64 * KIB - 1, end: 64 * KIB + 1 },
  { start: 1, end: 64 * KIB },
  { start: MIB - 1, end: 2 * MIB + 1 },
  { start: 0, end: SIZE },
]

export function readCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  it('§5 read gives exactly the bytes of the range, at every edge', async (bench) => {
    const { source, bytes } = await bench.open(SIZE)
    for (const { start, end } of RANGES) {
      const read = await source.read({ start, end }, new Uint8Array(end - start))
      checkBytes(read, bytes.subarray(start, end), `read [${start}, ${end})`)
    }
  })

  it('§5 read into a longer buffer gives no more than the range', async (bench) => {
    const { source, bytes } = await bench.open(1000)
    const read = await source.read({ start: 100, end: 200 }, new Uint8Array(5000).fill(0xaa))
    checkBytes(read, bytes.subarray(100, 200), 'read [100, 200)')
  })

  it('§5 read into a part of a larger buffer leaves the rest alone', async (bench) => {
    const { source, bytes } = await bench.open(1000)
    const memory = new Uint8Array(300).fill(0xaa)
    const read = await source.read({ start: 100, end: 200 }, memory.subarray(100, 200))
    checkBytes(read, bytes.subarray(100, 200), 'read [100, 200)')
    const around = [...memory.subarray(0, 100), ...memory.subarray(200)]
    check(
      around.every((byte) => byte === 0xaa),
      'read wrote outside of the buffer it was given',
    )
  })

  it('§5 one buffer serves for a whole file, range after range', async (bench) => {
    const { source, bytes } = await bench.open(SIZE)
    const into = new Uint8Array(100_003)
    for (let start = 0; start < SIZE; start += into.length) {
      const end = Math.min(SIZE, start + into.length)
      const read = await source.read({ start, end }, into)
      checkBytes(read, bytes.subarray(start, end), `read [${start}, ${end})`)
    }
  })

  it('§5 what was read stays while the next range is read into other memory', async (bench) => {
    const { source, bytes } = await bench.open(SIZE)
    const first = await source.read({ start: 0, end: MIB }, new Uint8Array(MIB))
    const second = await source.read({ start: MIB, end: 2 * MIB }, new Uint8Array(MIB))
    checkBytes(first, bytes.subarray(0, MIB), `read [0, ${MIB})`)
    checkBytes(second, bytes.subarray(MIB, 2 * MIB), `read [${MIB}, ${2 * MIB})`)
  })

  it('§5 many sources are read at once', async (bench) => {
    const transport = await bench.create()
    const contents = Array.from({ length: 20 }, (_, seed) => patternBytes(200_000, seed))
    const opened = await Promise.all(contents.map((bytes) => bench.open(bytes, transport)))
    await Promise.all(
      opened.map(async ({ source, bytes }, index) => {
        for (let turn = 0; turn < 5; turn++) {
          const [start, end] = [turn * 30_000 + index, turn * 30_000 + 40_000]
          const read = await source.read({ start, end }, new Uint8Array(end - start))
          checkBytes(read, bytes.subarray(start, end), `source ${index}, [${start}, ${end})`)
        }
      }),
    )
  })

  it('§5 a source is read while its parts are sent', async (bench) => {
    const { source, bytes, put } = await bench.open(SIZE)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const putting = put(lane.url)
    putting.catch(() => {})
    await lane.until('headers')
    const read = await source.read({ start: 3, end: MIB }, new Uint8Array(MIB))
    checkBytes(read, bytes.subarray(3, MIB), `read [3, ${MIB})`)
    await lane.release()
    await putting
    checkBytes(await lane.body(), bytes, 'the part')
  })

  it('§6.6 read of a range that the file does not have throws source_changed', async (bench) => {
    const { source, bytes } = await bench.open(1000)
    for (const [start, end] of [
      [0, 1001],
      [999, 1001],
      [1000, 1001],
      [5000, 6000],
    ] as const) {
      const reading = source.read({ start, end }, new Uint8Array(end - start))
      const error = await rejection(reading, `read [${start}, ${end}) of 1000 bytes`)
      checkUploadError(error, ['source_changed'], `read [${start}, ${end}) of 1000 bytes`)
    }
    const read = await source.read({ start: 0, end: 1000 }, new Uint8Array(1000))
    checkBytes(read, bytes, 'a range that it has, afterwards')
  })

  const sparse = benchCases(suite.when(options.sparseFile !== undefined, 'sparseFile'), options)
  sparse('§5 read reaches beyond 4 GiB', async (bench) => {
    const size = 5 * 1024 * MIB + 11
    const tail = patternBytes(1000)
    const test = await options.sparseFile?.(size, tail)
    check(test, 'sparseFile')
    const { source } = await bench.openFile(test, tail)
    checkEqual(source.size, size, 'size')
    const range = { start: size - 1000, end: size - 1 }
    const read = await source.read(range, new Uint8Array(999))
    checkBytes(read, tail.subarray(0, 999), 'the end of the file')
  })
}
