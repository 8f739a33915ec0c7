import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createUploader, type Store, type Uploader } from '@s3-bg-uploader/core'
import { mockBackend } from '@s3-bg-uploader/testkit/msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ExpoChosenFile, expoTransport } from '../../src/expo/expo-transport.ts'
import { AsyncStorageDevice, type Device, MmkvDevice, SqliteDevice } from '../stores/device.ts'
import { FakeFileSystem } from './fake-file-system.ts'

const backend = mockBackend({ partSize: 5 })
const server = setupServer(...backend.handlers)
const fileSystem = new FakeFileSystem()
const path = join(fileSystem.folder, 'holiday.mov')

beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' })
  await writeFile(path, 'twenty-two bytes of it')
})
afterEach(() => backend.reset())
afterAll(() => {
  server.close()
  fileSystem.remove()
})

const libraries: readonly (readonly [name: string, create: () => Device])[] = [
  ['MMKV', () => new MmkvDevice()],
  ['AsyncStorage', () => new AsyncStorageDevice()],
  ['expo-sqlite', () => new SqliteDevice()],
]

function launch(store: Store): Promise<Uploader<ExpoChosenFile>> {
  return createUploader({
    transport: expoTransport(fileSystem),
    store,
    config: backend.config,
    concurrency: 1,
    // Who is dead cannot write the journal any more; nothing else may go wrong.
    onProblem: ({ code }) => expect(code).toBe('store_failed'),
  })
}

test.each(libraries)(
  'an Expo app with %s is killed after two parts, and sends the rest',
  async (_, create) => {
    const device = create()
    const held = backend.on('put', { part: 3 }).once().hold()
    const store = device.open()
    const first = await launch(store)
    await first.uploadFile(path)
    await held.reached
    await device.die(store)
    await first.close()
    held.release()

    const second = await launch(device.open())
    const [upload] = second.uploads()
    expect(upload?.getSnapshot()).toMatchObject({ name: 'holiday.mov', confirmedParts: 2 })
    const { key } = (await upload?.done) ?? {}
    expect(new TextDecoder().decode(backend.storage.object(key ?? ''))).toBe(
      'twenty-two bytes of it',
    )
    const sent = backend.transcript.filter(({ route }) => route === 'put').map(({ part }) => part)
    expect(sent.filter((part) => part === 1 || part === 2)).toEqual([1, 2])
    expect(backend.transcript.filter(({ route }) => route === 'complete')).toHaveLength(1)
    await second.close()
  },
)
