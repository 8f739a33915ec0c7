import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import xxhash from 'xxhash-wasm'
import { DiscardingStorage, etagOf } from './discarding-storage.ts'
import { startStack } from './stack.ts'

const MIB = 1024 * 1024
const PART = 8 * MIB

// Every byte is hashed four times, so more of them would only take longer: sizes beyond 4 GiB are for
// the suite of transports, which reads no more of them than it must.
test('a file of 256 MiB and some bytes', async () => {
  const storage = new DiscardingStorage()
  const stack = await startStack({ partSize: PART, storage })
  const size = 256 * MIB + 5
  const path = await stack.file(0)
  const file = await open(path, 'r+')
  await file.truncate(size)
  // It has holes, but no two parts are the same, and every one is marked at both ends.
  for (let start = 0, mark = 1; start < size; start += PART, mark += 1) {
    const end = Math.min(size, start + PART)
    await file.write(Buffer.of(mark), 0, 1, start)
    await file.write(Buffer.of(mark, 255), 0, 2, end - 2)
  }
  await file.close()

  const uploader = await stack.open()
  const upload = await uploader.uploadFile(path)
  const snapshot = await stack.finish(upload)
  expect(snapshot).toMatchObject({ status: 'completed', totalParts: 33, confirmedBytes: size })

  const { create64 } = await xxhash()
  const hash = create64()
  for (const { partNumber, etag } of storage.completed) {
    const start = (partNumber - 1) * PART
    const end = Math.min(size, start + PART)
    const bytes = createReadStream(path, { start, end: end - 1, highWaterMark: 2 * MIB })
    bytes.on('data', (chunk) => hash.update(chunk as Buffer))
    expect(etag).toBe(await etagOf(bytes))
  }
  expect(storage.completed).toHaveLength(33)
  expect(snapshot.fileHash).toBe(hash.digest().toString(16).padStart(16, '0'))
  expect(stack.server.requests('put').map(({ status }) => status)).toEqual(Array(33).fill(200))
})
