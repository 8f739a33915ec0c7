import { expect, test } from 'vitest'
import { fetchTransport } from '../src/index.ts'

const MIB = 1024 * 1024
const INTO = new Uint8Array(2 * MIB)

/** A file of that many MiB, each filled with its number, that notes which ranges are read. */
function noted(mebibytes: number): { readonly file: File; readonly ranges: number[][] } {
  const parts = Array.from({ length: mebibytes }, (_, index) => new Uint8Array(MIB).fill(index))
  const file = new File(parts, 'video.mov')
  const ranges: number[][] = []
  const slice = file.slice.bind(file)
  file.slice = (start = 0, end = file.size, type) => {
    ranges.push([start / MIB, end / MIB])
    return slice(start, end, type)
  }
  return { file, ranges }
}

test('small reads in a row become few large ones', async () => {
  const { file, ranges } = noted(19)
  const source = await fetchTransport().open(file)
  ranges.length = 0
  for (let at = 0; at < 19; at += 2) {
    const end = Math.min(19, at + 2)
    const bytes = await source.read({ start: at * MIB, end: end * MIB }, INTO)
    expect([bytes.length / MIB, bytes[0], bytes.at(-1)]).toEqual([end - at, at, end - 1])
  }
  expect(ranges).toEqual([
    [0, 8],
    [8, 16],
    [16, 19],
  ])
})

test('reads in any order give the bytes of their range', async () => {
  const source = await fetchTransport().open(noted(12).file)
  for (const at of [3, 11, 0, 7, 8, 8, 2]) {
    const bytes = await source.read({ start: at * MIB + 1, end: (at + 1) * MIB }, INTO)
    expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([MIB - 1, at, at])
  }
})

test('a file that gives fewer bytes than it has is no longer the one that was opened', async () => {
  const { file } = noted(3)
  const source = await fetchTransport().open(file)
  const { slice } = file
  file.slice = (start = 0) => slice(start, start + 10)
  await expect(source.read({ start: 0, end: MIB }, INTO)).rejects.toMatchObject({
    code: 'source_changed',
  })
})
