import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { backend, temporaryDirectory } from './fixture.ts'

const inodeOf = async (path: string) => (await stat(path)).ino

test.skipIf(process.platform === 'win32')(
  'an object survives a power cut with every folder that was made for it',
  async () => {
    const dir = await temporaryDirectory()
    const handle = await open(dir, 'r')
    await handle.close()
    const { sync } = Object.getPrototypeOf(handle) as FileHandle
    const synced: number[] = []
    const spy = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync')
    spy.mockImplementation(async function (this: FileHandle) {
      synced.push((await this.stat()).ino)
      await sync.call(this)
    })
    onTestFinished(() => spy.mockRestore())

    const { sent, post } = await backend({ keyFor: () => 'a/b/c' }, { dir })
    const { address, parts } = await sent('abcd')
    expect(synced).toContain(await inodeOf(dir))
    synced.length = 0
    expect(await post(`/complete/${address}`, { parts })).toMatchObject({ status: 200 })
    for (const folder of ['objects/a/b', 'objects/a', 'objects']) {
      expect(synced, folder).toContain(await inodeOf(join(dir, folder)))
    }
  },
)
