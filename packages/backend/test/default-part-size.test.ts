import { expect, test } from 'vitest'
import { defaultPartSize } from '../src/index.ts'

const MIB = 1024 * 1024

test.each([
  [0, 8],
  [80_000 * MIB, 8],
  [80_000 * MIB + 1, 9],
  [1024 * 1024 * MIB, 105],
])('%d bytes have parts of %d MiB', (fileSize, expected) => {
  expect(defaultPartSize(fileSize)).toBe(expected * MIB)
  expect(Math.ceil(fileSize / defaultPartSize(fileSize))).toBeLessThanOrEqual(10_000)
})
