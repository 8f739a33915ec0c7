import { expect, test } from 'vitest'
import { fingerprint } from '../src/disk/fingerprint.ts'
import type { NewUpload } from '../src/storage.ts'

function printOf(userParams: Record<string, unknown>): string {
  const upload = { owner: 'o', fileName: 'f', fileHash: 'h', fileSize: 1, userParams }
  return fingerprint(upload as unknown as NewUpload)
}

test('the order of fields does not matter', () => {
  expect(printOf({ a: { b: 1, c: 2 }, d: 3 })).toBe(printOf({ d: 3, a: { c: 2, b: 1 } }))
})

test('what differs is told apart, an object and the list of its fields too', () => {
  expect(printOf({ a: { b: 1 } })).not.toBe(printOf({ a: [['b', 1]] }))
  expect(printOf({ a: [1, 2] })).not.toBe(printOf({ a: [2, 1] }))
})
