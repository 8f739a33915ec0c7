import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { useTransfer, useUploads } from '../../src/index.ts'
import { acted, watch } from '../support/render.tsx'
import { type TestFile, World } from '../support/world.ts'

const namesOf = (uploads: readonly Upload[]): string[] =>
  uploads.map((upload) => upload.getSnapshot().name)

export function listCases(): void {
  let world: World
  let uploader: Uploader<TestFile>
  const add = (name: string, transferId?: string): Promise<Upload> =>
    uploader.uploadFile(name, { transferId })
  beforeEach(async () => {
    world = new World()
    uploader = await world.uploader()
    return () => uploader.close()
  })

  describe('useUploads', () => {
    test('has all uploads in the order in which they were added', async () => {
      await add('first.mp4')
      const watched = watch(() => useUploads(), uploader)
      expect(namesOf(watched.last)).toEqual(['first.mp4'])
      await acted(async () => {
        await add('second.mp4', 'trip')
        await world.advance(50)
      })
      expect(namesOf(watched.last)).toEqual(['first.mp4', 'second.mp4'])
    })

    test('loses what is forgotten', async () => {
      const first = await add('first.mp4')
      await add('second.mp4')
      const watched = watch(() => useUploads(), uploader)
      await acted(async () => {
        first.forget()
        await world.advance(50)
      })
      expect(namesOf(watched.last)).toEqual(['second.mp4'])
    })

    test('renders not again while the uploads move', async () => {
      await add('first.mp4')
      await add('second.mp4')
      const watched = watch(() => useUploads(), uploader)
      const { last } = watched
      await acted(() => world.advance(50))
      for (let part = 1; part <= 8; part += 1) await acted(() => world.partArrives())
      expect(uploader.getSnapshot().byStatus.completed).toBe(2)
      expect(watched.renders).toBe(1)
      watched.again()
      expect(watched.last).toBe(last)
    })

    test('has those of one transfer, where one is named', async () => {
      await add('mine.mp4', 'trip')
      await add('other.mp4')
      const watched = watch(() => useUploads('trip'), uploader)
      expect(namesOf(watched.last)).toEqual(['mine.mp4'])
      await acted(async () => {
        await add('foreign.mp4', 'party')
        await world.advance(50)
      })
      expect(watched.renders).toBe(1)
      await acted(async () => {
        await add('mine-too.mp4', 'trip')
        await world.advance(50)
      })
      expect(namesOf(watched.last)).toEqual(['mine.mp4', 'mine-too.mp4'])
    })
  })

  describe('useTransfer', () => {
    test('has the sums of its uploads', async () => {
      await add('first.mp4', 'trip')
      await add('other.mp4')
      const watched = watch(() => useTransfer('trip'), uploader)
      expect(watched.last).toMatchObject({ uploads: 1, totalBytes: 100, sentBytes: 0 })
      await acted(async () => {
        await add('second.mp4', 'trip')
        await world.advance(50)
      })
      expect(watched.last).toMatchObject({ uploads: 2, totalBytes: 200 })
      await acted(() => world.partArrives())
      expect(watched.last).toMatchObject({ sentBytes: 25, percentage: 12.5 })
    })

    test('gives the transfer along, to act on it', async () => {
      const mine = await add('mine.mp4', 'trip')
      const other = await add('other.mp4')
      const watched = watch(() => useTransfer('trip'), uploader)
      await acted(async () => {
        watched.last?.transfer.cancel()
        await world.advance(50)
      })
      expect(mine.getSnapshot().status).toBe('cancelled')
      expect(other.getSnapshot().status).not.toBe('cancelled')
      expect(watched.last?.byStatus.cancelled).toBe(1)
    })

    test('has no uploads where nobody has added to it, until somebody does', async () => {
      const watched = watch(() => useTransfer('trip'), uploader)
      expect(watched.last?.uploads).toBe(0)
      await acted(async () => {
        await add('first.mp4', 'trip')
        await world.advance(50)
      })
      expect(watched.last?.uploads).toBe(1)
    })

    test('renders not again when nothing changed, and only for its own uploads', async () => {
      await add('other.mp4')
      const watched = watch(() => useTransfer('trip'), uploader)
      const { last } = watched
      await acted(() => world.advance(50))
      await acted(() => world.partArrives())
      expect(watched.renders).toBe(1)
      watched.again()
      expect(watched.last).toBe(last)
    })
  })
}
