import { expect, test } from 'vitest'
import { fingerprint } from '../src/fingerprint.ts'
import type { NewUpload } from '../src/storage.ts'

function printOf(userParams: Record<string, unknown>): Promise<string> {
  const upload = { owner: 'o', fileName: 'f', fileHash: 'h', fileSize: 1, userParams }
  return fingerprint(upload as unknown as NewUpload)
}

test('the order of fields does not matter', async () => {
  expect(await printOf({ a: { b: 1, c: 2 }, d: 3 })).toBe(
    await printOf({ d: 3, a: { c: 2, b: 1 } }),
  )
})

test('what differs is told apart, an object and the list of its fields too', async () => {
  expect(await printOf({ a: { b: 1 } })).not.toBe(await printOf({ a: [['b', 1]] }))
  expect(await printOf({ a: [1, 2] })).not.toBe(await printOf({ a: [2, 1] }))
})

test('is the same in every version: what was kept under it stays known', async () => {
  // printf '["o","f","h",1,{"a":[{"b":1,"c":2}]}]' | sha256sum
  expect(await printOf({ a: [{ c: 2, b: 1 }] })).toBe(
    '8e1a57386e1227a45bfa9f97ace515e12f0ccaa785767e33dae291578ef0ce90',
  )
})
