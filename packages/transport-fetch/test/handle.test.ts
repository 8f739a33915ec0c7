import { afterEach, describe, expect, test, vi } from 'vitest'
import { fetchTransport } from '../src/index.ts'
import { DiskFile, DiskFileHandle } from './disk-file.ts'
import { KeptInMemory } from './kept-in-memory.ts'
import { part } from './part.ts'

afterEach(() => vi.unstubAllGlobals())

/** The user has just done something on the page, or nothing for a while. */
function userIs(state: 'active' | 'idle'): void {
  vi.stubGlobal('navigator', { userActivation: { isActive: state === 'active' } })
}

/** A handle that was kept before the page was loaded again: the permission went with the page. */
async function keptHandle(): Promise<{
  readonly handle: DiskFileHandle
  reopen(): Promise<{ readonly size: number }>
}> {
  const handle = new DiskFileHandle(await DiskFile.create('hello'))
  const files = new KeptInMemory()
  const { ref = null } = await fetchTransport({ files }).open(handle.asHandle)
  handle.permission = 'prompt'
  const { reopen } = fetchTransport({ files })
  if (reopen === undefined) throw new Error('The transport does not reopen')
  return { handle, reopen: () => reopen(ref) }
}

describe('a handle that needs a permission', () => {
  test('is not read behind the back of the user', async () => {
    const { handle, reopen } = await keptHandle()
    userIs('idle')
    await expect(reopen()).rejects.toMatchObject({
      code: 'permission_needed',
      message: expect.stringContaining('video.mp4'),
    })
    expect(handle.asked).toBe(0)
  })

  test('is not asked for in a worker, where nobody can ask', async () => {
    const { handle, reopen } = await keptHandle()
    vi.stubGlobal('navigator', {})
    await expect(reopen()).rejects.toMatchObject({ code: 'permission_needed' })
    expect(handle.asked).toBe(0)
  })

  test('is asked for while the user does something on the page', async () => {
    const { handle, reopen } = await keptHandle()
    userIs('active')
    expect(await reopen()).toMatchObject({ size: 5 })
    expect(handle.asked).toBe(1)
  })

  test.each(['denied', 'prompt'] as const)('is not read when the answer is %s', async (answer) => {
    const { handle, reopen } = await keptHandle()
    handle.answer = answer
    userIs('active')
    await expect(reopen()).rejects.toMatchObject({ code: 'permission_needed' })
  })

  test('that was denied before is not asked for again', async () => {
    const { handle, reopen } = await keptHandle()
    handle.permission = 'denied'
    userIs('active')
    await expect(reopen()).rejects.toMatchObject({ code: 'permission_needed' })
    expect(handle.asked).toBe(0)
  })

  test('is opened where browsers know of no permissions', async () => {
    const onDisk = await DiskFile.create('hello')
    const getFile = () => onDisk.choose()
    const bare = { kind: 'file', name: 'video.mp4', getFile } as unknown as FileSystemFileHandle
    expect(await fetchTransport().open(bare)).toMatchObject({ size: 5 })
  })
})

describe('nothing is sent', () => {
  async function sentBy(spoil: (handle: DiskFileHandle, file: DiskFile) => unknown) {
    const onDisk = await DiskFile.create('hello')
    const handle = new DiskFileHandle(onDisk)
    const source = await fetchTransport().open(handle.asHandle)
    await spoil(handle, onDisk)
    const send = vi.fn(async () => new Response())
    vi.stubGlobal('fetch', send)
    const putting = source.put(part('http://127.0.0.1:1/part', 5))
    return { putting, send }
  }

  test('when the permission ended', async () => {
    const { putting, send } = await sentBy((handle) => {
      handle.permission = 'prompt'
    })
    await expect(putting).rejects.toMatchObject({ code: 'permission_needed' })
    expect(send).not.toHaveBeenCalled()
  })

  test('when the file changed', async () => {
    const { putting, send } = await sentBy((_, file) => file.change('other'))
    await expect(putting).rejects.toMatchObject({ code: 'source_changed' })
    expect(send).not.toHaveBeenCalled()
  })
})
