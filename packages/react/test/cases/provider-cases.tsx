import type { Uploader } from '@s3-bg-uploader/core'
import { render } from '@testing-library/react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  UploaderProvider,
  useSnapshot,
  useTransfer,
  useUpload,
  useUploader,
  useUploads,
} from '../../src/index.ts'
import { counted, noListeners } from '../support/counted.ts'
import { acted, Watcher, watch } from '../support/render.tsx'
import { type TestFile, World } from '../support/world.ts'

export function providerCases(): void {
  let world: World
  let uploader: Uploader<TestFile>
  beforeEach(async () => {
    world = new World()
    uploader = await world.uploader()
    return () => uploader.close()
  })

  test('useUploader has the uploader of the nearest provider', async () => {
    const inner = await world.uploader()
    const seen: unknown[] = []
    render(
      <UploaderProvider uploader={uploader}>
        <UploaderProvider uploader={inner}>
          <Watcher hook={() => seen.push(useUploader())} />
        </UploaderProvider>
      </UploaderProvider>,
    )
    expect(seen).toEqual([inner])
    await inner.close()
  })

  test.each([
    ['useUploader', () => useUploader()],
    ['useUploads', () => useUploads()],
    ['useUpload', () => useUpload('id')],
    ['useTransfer', () => useTransfer('trip')],
  ])('%s says what is missing where there is no provider', (_name, hook) => {
    // React writes what a component throws to the console, too.
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => render(<Watcher hook={hook} />)).toThrow(
      'There is no <UploaderProvider> above this component',
    )
    written.mockRestore()
  })

  test('without an uploader there are no uploads, and with one there are', async () => {
    await uploader.uploadFile('video.mp4', { transferId: 'trip' })
    const [id = ''] = uploader.uploads().map((upload) => upload.id)
    const watched = watch(
      () => ({
        uploader: useUploader(),
        uploads: useUploads().length,
        ofTrip: useUploads('trip').length,
        upload: useUpload(id)?.name,
        transfer: useTransfer('trip')?.uploads,
        all: useSnapshot(useUploader())?.uploads,
      }),
      undefined,
    )
    expect(watched.last).toEqual({ uploads: 0, ofTrip: 0 })
    watched.again(uploader)
    const everything = { uploader, uploads: 1, ofTrip: 1, upload: 'video.mp4', transfer: 1, all: 1 }
    expect(watched.last).toEqual(everything)
  })

  describe.each([{ strict: false }, { strict: true }])('with strict mode $strict', ({ strict }) => {
    test('follows, and lets go of everything when it is unmounted', async () => {
      const count = noListeners()
      const { id } = await uploader.uploadFile('video.mp4', { transferId: 'trip' })
      const of = counted(uploader, count)
      const watched = watch(
        () => [useUploads(), useUploads('trip'), useUpload(id), useTransfer('trip')] as const,
        of,
        { strict },
      )
      // The list of all, that of the trip, the upload, and the transfer.
      expect(count.listeners).toBe(4)
      await acted(() => world.advance(50))
      await acted(() => world.partArrives())
      expect(watched.last[2]?.confirmedParts).toBe(1)
      expect(watched.last[3]?.sentBytes).toBe(25)
      const { subscriptions } = count
      watched.again()
      expect(count.subscriptions).toBe(subscriptions)
      watched.unmount()
      expect(count.listeners).toBe(0)
      const { renders } = watched
      await world.partArrives()
      expect(watched.renders).toBe(renders)
    })

    test('lets go of an uploader that is replaced', async () => {
      const before = noListeners()
      const after = noListeners()
      const next = await world.uploader()
      const watched = watch(() => useUploads(), counted(uploader, before), { strict })
      watched.again(counted(next, after))
      expect([before.listeners, after.listeners]).toEqual([0, 1])
      await acted(async () => {
        await next.uploadFile('video.mp4')
        await world.advance(50)
      })
      expect(watched.last).toHaveLength(1)
      await next.close()
    })
  })

  test('a thousand rows ask the uploader together', async () => {
    const count = noListeners()
    const ids: string[] = []
    for (let row = 0; row < 1000; row += 1) {
      ids.push((await uploader.uploadFile(`${row}.jpg`)).id)
    }
    render(
      <UploaderProvider uploader={counted(uploader, count)}>
        {ids.map((id) => (
          <Watcher key={id} hook={() => useUpload(id)} />
        ))}
      </UploaderProvider>,
    )
    expect(count.listeners).toBe(1000 + 1)
  })
}
