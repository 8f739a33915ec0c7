import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { patternOf, startStack } from './stack.ts'

const PART = 1000

test.each([
  ['no bytes, which are one empty part', 0, 1],
  ['one byte', 1, 1],
  ['one byte less than a part', PART - 1, 1],
  ['exactly a part', PART, 1],
  ['one byte more than a part', PART + 1, 2],
  ['exactly several parts', 5 * PART, 5],
  ['several parts and one byte', 5 * PART + 1, 6],
  ['more parts than a urls call asks for', 60 * PART - 1, 60],
])('%s', async (_, size, parts) => {
  const stack = await startStack({ partSize: PART })
  const upload = await stack.start(await stack.open(), size)
  const snapshot = await stack.finish(upload)
  await stack.expectStored(snapshot, size)
  expect(snapshot).toMatchObject({
    totalBytes: size,
    sentBytes: size,
    confirmedBytes: size,
    totalParts: parts,
    confirmedParts: parts,
  })
  const { server } = stack
  const numbers = Array.from({ length: parts }, (_, index) => index + 1)
  expect(server.takenParts()).toEqual(numbers)
  const start = server.requests('start')
  expect(start.map(({ path, body }) => ({ path, body }))).toEqual([
    {
      path: '/start/',
      body: { fileName: 'file.bin', fileHash: snapshot.fileHash, fileSize: size },
    },
  ])
  const complete = server.requests('complete')
  expect(complete).toHaveLength(1)
  expect(complete[0]?.body).toEqual({
    parts: numbers.map((number) => {
      const bytes = patternOf(size).subarray((number - 1) * PART, number * PART)
      return { PartNumber: number, ETag: createHash('md5').update(bytes).digest('hex') }
    }),
  })
  expect(server.requests('put').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(size)
})
