import { expect, test } from 'vitest'
import { patternOf, startStack } from './stack.ts'

test('200 files at once', async () => {
  const stack = await startStack()
  const uploader = await stack.open()
  const uploads = await Promise.all(
    Array.from({ length: 200 }, async (_, index) =>
      uploader.uploadFile(await stack.file(patternOf(index * 11, index), `${index}.bin`), {
        transferId: index % 2 === 0 ? 'even' : 'odd',
      }),
    ),
  )
  const snapshots = await Promise.all(uploads.map(({ done }) => done))
  for (const [index, snapshot] of snapshots.entries()) {
    await stack.expectStored(snapshot, patternOf(index * 11, index))
  }
  const { server } = stack
  expect(server.requests('start')).toHaveLength(200)
  expect(server.requests('complete')).toHaveLength(200)
  expect(server.takenParts()).toHaveLength(
    snapshots.reduce((sum, { totalParts }) => sum + totalParts, 0),
  )
  expect(uploader.getSnapshot()).toMatchObject({
    uploads: 200,
    byStatus: { completed: 200 },
    percentage: 100,
  })
  expect(uploader.transfer('even').getSnapshot()).toMatchObject({
    uploads: 100,
    byStatus: { completed: 100 },
  })
})
