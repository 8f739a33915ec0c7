import type { Uploader } from '@s3-bg-uploader/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { useParts, useSnapshot, useUpload } from '../../src/index.ts'
import { FollowingTab } from '../support/following-tab.ts'
import { acted, watch } from '../support/render.tsx'
import { type TestFile, World } from '../support/world.ts'

export function uploadCases(): void {
  let world: World
  let uploader: Uploader<TestFile>
  beforeEach(async () => {
    world = new World()
    uploader = await world.uploader()
    return () => uploader.close()
  })

  describe('useUpload', () => {
    test('follows an upload until it is completed', async () => {
      const { id } = await uploader.uploadFile('video.mp4')
      const watched = watch(() => useUpload(id), uploader)
      expect(watched.last).toMatchObject({ name: 'video.mp4', totalBytes: 100, percentage: 0 })
      await acted(() => world.advance(50))
      for (const confirmed of [1, 2, 3]) {
        await acted(() => world.partArrives())
        expect(watched.last).toMatchObject({ status: 'uploading', confirmedParts: confirmed })
      }
      await acted(() => world.partArrives())
      expect(watched.last).toMatchObject({ status: 'completed', percentage: 100 })
    })

    test('gives the upload along, to act on it', async () => {
      const upload = await uploader.uploadFile('video.mp4')
      const watched = watch(() => useUpload(upload.id), uploader)
      expect(watched.last?.upload).toBe(upload)
      await acted(async () => {
        watched.last?.upload.pause()
        await world.advance(50)
      })
      expect(watched.last?.status).toBe('paused')
    })

    test('is undefined for an id that no upload has, until one has it', async () => {
      const { id } = await uploader.uploadFile('video.mp4')
      const ofStranger = watch(() => useUpload('nobody'), uploader)
      expect(ofStranger.last).toBeUndefined()

      const another = await world.uploader()
      const early = watch(() => useUpload(id), another)
      expect(early.last).toBeUndefined()
      early.again(uploader)
      expect(early.last?.name).toBe('video.mp4')
      await another.close()
    })

    test('finds an upload at once, before anybody was told of it', async () => {
      // A look at the list before the file was added must not hide it.
      watch(() => useUpload('nobody'), uploader)
      const { id } = await uploader.uploadFile('video.mp4')
      const watched = watch(() => useUpload(id), uploader)
      expect(watched.answers[0]?.name).toBe('video.mp4')
    })

    test('is undefined again once the upload is forgotten', async () => {
      const upload = await uploader.uploadFile('video.mp4')
      const watched = watch(() => useUpload(upload.id), uploader)
      await acted(async () => {
        upload.forget()
        await world.advance(50)
      })
      expect(watched.last).toBeUndefined()
    })

    test('renders not again when nothing changed, and only for its own upload', async () => {
      const first = await uploader.uploadFile('first.mp4')
      const second = await uploader.uploadFile('second.mp4')
      const watched = watch(() => useUpload(second.id), uploader)
      await acted(() => world.advance(50))
      const { renders, last } = watched
      await acted(() => world.partArrives())
      expect(first.getSnapshot().confirmedParts).toBe(1)
      expect(watched.renders).toBe(renders)
      watched.again()
      expect(watched.renders).toBe(renders + 1)
      expect(watched.last).toBe(last)
    })

    test('turns to another upload when it is given another id', async () => {
      const first = await uploader.uploadFile('first.mp4')
      const second = await uploader.uploadFile('second.mp4')
      let id = first.id
      const watched = watch(() => useUpload(id), uploader)
      id = second.id
      watched.again()
      expect(watched.last?.name).toBe('second.mp4')
      const { renders } = watched
      await acted(async () => {
        second.pause()
        await world.advance(50)
      })
      expect(watched.renders).toBe(renders + 1)
      expect(watched.last?.status).toBe('paused')
    })
  })

  describe('useSnapshot', () => {
    test('follows an upload, a transfer and the uploader', async () => {
      const upload = await uploader.uploadFile('video.mp4', { transferId: 'trip' })
      await uploader.uploadFile('other.mp4')
      const transfer = uploader.transfer('trip')
      const ofUpload = watch(() => useSnapshot(upload), uploader)
      const ofTransfer = watch(() => useSnapshot(transfer), uploader)
      const ofAll = watch(() => useSnapshot(uploader), uploader)
      await acted(() => world.advance(50))
      await acted(() => world.partArrives())
      expect(ofUpload.last.sentBytes).toBe(25)
      expect(ofTransfer.last).toMatchObject({ uploads: 1, totalBytes: 100, sentBytes: 25 })
      expect(ofAll.last).toMatchObject({ uploads: 2, totalBytes: 200, sentBytes: 25 })
    })

    test('has nothing to tell of nothing', () => {
      expect(watch(() => useSnapshot(undefined), uploader).last).toBeUndefined()
    })
  })

  describe('useParts', () => {
    test('follows every part, and renders again when one changes', async () => {
      const upload = await uploader.uploadFile('video.mp4')
      const watched = watch(() => useParts(upload), uploader)
      expect(watched.last).toEqual([])
      await acted(() => world.advance(50))
      const states = (): readonly string[] => watched.last.map(({ state }) => state)
      expect(states()).toEqual(['sending', 'waiting', 'waiting', 'waiting'])
      await acted(() => world.partArrives())
      expect(states()).toEqual(['confirmed', 'sending', 'waiting', 'waiting'])
      const { last, renders } = watched
      watched.again()
      expect(watched.last).toBe(last)
      expect(watched.renders).toBe(renders + 1)
    })

    test('hears of parts that come without a new snapshot', async () => {
      const upload = await uploader.uploadFile('video.mp4')
      await world.advance(50)
      const tab = new FollowingTab(upload)
      const watched = watch(() => useParts(tab), uploader)
      expect(watched.last).toEqual([])
      await acted(async () => tab.partsArrive())
      expect(watched.last).toBe(upload.parts())
    })
  })
}
