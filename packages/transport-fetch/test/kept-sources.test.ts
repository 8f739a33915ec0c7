import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fetchTransport } from '../src/index.ts'
import { KeptInMemory } from './kept-in-memory.ts'

// What every transport that keeps files must do is checked by the conformance suite.

const file = (name: string): File => new File(['hello'], name)

test('a kept file has a ref that leads to it; two openings are two', async () => {
  const files = new KeptInMemory()
  const { open, reopen } = fetchTransport({ files })
  const [first, second] = [await open(file('a.mov')), await open(file('a.mov'))]
  expect(first.ref).toEqual({ kept: 'file 1', name: 'a.mov' })
  expect(second.ref).toEqual({ kept: 'file 2', name: 'a.mov' })
  expect(await reopen?.(second.ref ?? null)).toMatchObject({ name: 'a.mov', size: 5 })
})

test('a file for which there is no space is opened all the same, without a ref', async () => {
  const files = new KeptInMemory()
  files.hasSpace = false
  const source = await fetchTransport({ files }).open(file('a.mov'))
  expect(source).toMatchObject({ size: 5, ref: undefined })
})

test('a file that cannot be opened is not kept', async () => {
  const files = new KeptInMemory()
  const { open } = fetchTransport({ files })
  await expect(open(new Blob(['x']) as File)).rejects.toMatchObject({ code: 'file_not_regular' })
  expect(files.files.size).toBe(0)
})

test('a kept file that is gone is named', async () => {
  const files = new KeptInMemory()
  const { open, reopen } = fetchTransport({ files })
  const { ref = null } = await open(file('a.mov'))
  files.files.clear()
  await expect(reopen?.(ref)).rejects.toMatchObject({
    code: 'file_not_found',
    message: expect.stringContaining('a.mov'),
  })
})

/** Looks at what there is, and removes it a while later. */
class SlowToForget extends KeptInMemory {
  forget: (failure?: Error) => void = () => {}

  override async retain(ids: readonly string[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.forget = (failure) => (failure ? reject(failure) : resolve())
    })
    await super.retain(ids)
  }
}

test('what is opened while retain is under way stays kept', async () => {
  const files = new SlowToForget()
  const { open, retain } = fetchTransport({ files })
  await open(file('left by an earlier page.mov'))
  const retaining = retain?.([])
  const opening = open(file('b.mov'))
  // All that does not wait for it is done by then.
  await setImmediate()
  files.forget()
  await retaining
  expect(await opening).toMatchObject({ ref: { kept: 'file 2' } })
  expect([...files.files.keys()]).toEqual(['file 2'])
})

test('a retain that fails is told to whoever asked, and stops no file', async () => {
  const files = new SlowToForget()
  const { open, retain } = fetchTransport({ files })
  const retaining = retain?.([])
  const opening = open(file('a.mov'))
  files.forget(new Error('The disk is full'))
  await expect(retaining).rejects.toThrow('The disk is full')
  expect(await opening).toMatchObject({ ref: { kept: 'file 1' } })
})
