import { expect, test } from 'vitest'
import { patternOf, startStack } from './stack.ts'

// No slashes and no control characters, so that every file system takes them.
const NAMES = [
  'two words.bin',
  'a+b&c=d.bin',
  '100% %41 %zz.bin',
  'ключ 鍵 🔑.bin',
  "it's (a) [file]! ~ ^ ;,@$.bin",
  'é as one and é as two.bin',
  '#fragment.bin',
  '__proto__',
]

test.each(NAMES)('a file and a key named %s', async (name) => {
  const stack = await startStack({ keyFor: ({ fileName }) => `folder of/${fileName}/${fileName}` })
  const uploader = await stack.open({
    config: { listPartsApi: stack.listPartsApi, abortApi: stack.abortApi },
  })
  const upload = await uploader.uploadFile(await stack.file(2500, name))
  const snapshot = await stack.finish(upload)
  expect(snapshot).toMatchObject({ name, key: `folder of/${name}/${name}` })
  await stack.expectStored(snapshot, 2500)
  expect(stack.server.requests('start')[0]?.body?.fileName).toBe(name)
  expect(stack.server.requests('complete')[0]?.path).toMatch(/^\/complete\/[0-9a-f]{32}\/[!-~]+$/)
})

test('files of the same name become objects of their own', async () => {
  const stack = await startStack()
  const uploader = await stack.open()
  const contents = [1, 2, 3].map((seed) => patternOf(2500, seed))
  const uploads = await Promise.all(
    contents.map(async (content, index) =>
      uploader.uploadFile(await stack.file(content, `${index}/same.bin`)),
    ),
  )
  const snapshots = await Promise.all(uploads.map((upload) => stack.finish(upload)))
  for (const [index, snapshot] of snapshots.entries()) {
    expect(snapshot.name).toBe('same.bin')
    await stack.expectStored(snapshot, contents[index] ?? 0)
  }
  expect(await stack.objects()).toBe(3)
})

test('userParams arrive flat, in the form that JSON has', async () => {
  const stack = await startStack()
  const userParams = { albumId: '42', tags: ['a', 'ä'], nested: { 'x y': null }, 7: true }
  const upload = await stack.start(await stack.open(), 10, { userParams })
  await stack.finish(upload)
  expect(stack.server.requests('start')[0]?.body).toMatchObject(userParams)
})
