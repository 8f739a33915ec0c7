import { nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, describe } from 'vitest'
import { openBrowser } from './browser.ts'
import { openDiskFiles } from './disk-files.ts'
import { openPageServer } from './page-server.ts'
import { registerCases } from './run-cases.ts'

const [browser, pages, server, disk] = await Promise.all([
  openBrowser(),
  openPageServer(),
  nodePutServer(),
  openDiskFiles(),
])
const { control } = server

afterAll(async () => {
  await browser.close()
  await Promise.all([pages.close(), server.close(), disk.close()])
})

describe('files of the disk, sent by XMLHttpRequest', async () => {
  const page = await browser.newPage()
  await page.exposeFunction('chooseFile', (name: string) =>
    page.setInputFiles('input', disk.pathOf(name)),
  )
  await registerCases(page, pages.url('transport-disk-files', { control, disk: disk.origin }))
})

describe('handles, kept and opened again, sent by XMLHttpRequest', async () => {
  const page = await browser.newPage()
  await registerCases(page, pages.url('transport-handles', { control }))
})

describe('files in memory, sent by fetch in a worker', async () => {
  const page = await browser.newPage()
  await registerCases(page, pages.url('transport-worker', { control }))
})
