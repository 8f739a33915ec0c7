import type { Uploader } from '@s3-bg-uploader/core'
import { beforeEach, expect, test } from 'vitest'
import { UploadList } from '../src/upload-list.ts'
import { type TestFile, World } from './support/world.ts'

let world: World
let uploader: Uploader<TestFile>
let list: UploadList
beforeEach(async () => {
  world = new World()
  uploader = await world.uploader()
  list = new UploadList(uploader)
  return () => uploader.close()
})

const listen = (): { readonly calls: number } => {
  const heard = { calls: 0 }
  list.subscribe(() => {
    heard.calls += 1
  })
  return heard
}

test('tells when an upload comes or goes, not when one moves', async () => {
  const heard = listen()
  const upload = await uploader.uploadFile('video.mp4')
  await world.advance(50)
  expect(heard.calls).toBe(1)
  for (let part = 1; part <= 4; part += 1) await world.partArrives()
  expect(upload.getSnapshot().status).toBe('completed')
  expect(heard.calls).toBe(1)
  upload.forget()
  await world.advance(50)
  expect(heard.calls).toBe(2)
})

test('tells of what somebody else has seen already', async () => {
  const heard = listen()
  await uploader.uploadFile('video.mp4')
  expect(list.getSnapshot()).toHaveLength(1)
  await world.advance(50)
  expect(heard.calls).toBe(1)
})

test('is up to date while nobody listens', async () => {
  const stop = list.subscribe(() => {})
  stop()
  expect(list.getSnapshot()).toEqual([])
  const upload = await uploader.uploadFile('video.mp4')
  expect(list.getSnapshot()).toEqual([upload])
  expect(list.find(upload.id)).toBe(upload)
})
