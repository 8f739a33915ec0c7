import { expect, test } from 'vitest'
import { Gate } from './faults.ts'
import { reach, startStack } from './stack.ts'

const SIZE = 3500

// Our backend answers the start of the same file with the same unfinished upload.
test('cancelling one of two uploads of the same file does not lose the other', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 4, times: 2 })
  const uploader = await stack.open({ config: { abortApi: stack.abortApi } })
  const path = await stack.file(SIZE)
  const one = await uploader.uploadFile(path, { transferId: 'one' })
  const other = await uploader.uploadFile(path, { transferId: 'other' })
  await reach(one, ({ confirmedParts }) => confirmedParts === 3)
  await reach(other, ({ confirmedParts }) => confirmedParts === 3)
  const uploadIds = stack.server.requests('urls').map(({ body }) => body?.uploadId)
  expect(new Set(uploadIds).size).toBe(1)
  one.cancel()
  await stack.hears('abort')
  gate.open()
  await stack.expectStored(await stack.finish(other), SIZE)
  expect(await stack.unfinished()).toEqual([])
})

test('completing one of two uploads of the same file does not lose the other', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('complete', gate.hold)
  const uploader = await stack.open()
  const path = await stack.file(SIZE)
  const one = await uploader.uploadFile(path, { transferId: 'one' })
  const other = await uploader.uploadFile(path, { transferId: 'other' })
  await stack.server.until(() => gate.held === 1)
  await Promise.race([stack.finish(one), stack.finish(other)])
  gate.open()
  for (const upload of [one, other]) await stack.expectStored(await stack.finish(upload), SIZE)
})
