import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askAgainForFiles } from '../scripts/ask-again-for-files.mjs'
import { MIB, type PutFate, testFile, visits } from './visit.ts'

const current = visits()

test('files are stored as they were chosen', async () => {
  const { visit } = current
  const files = [
    testFile('holiday.mp4', 5 * MIB + 123),
    testFile('notes.txt', 1),
    testFile('empty.bin', 0),
  ]
  await visit.add(files)
  for (const file of files) await visit.expectStored(file)
})

test('a folder is a group, whose files are stored', async () => {
  const { visit } = current
  const folder = await mkdtemp(join(tmpdir(), 's3-bg-uploader-folder-'))
  try {
    await mkdir(join(folder, 'Summer'))
    const photo = testFile('photo.jpg', 2 * MIB)
    await writeFile(join(folder, 'Summer', photo.name), photo.buffer)
    const chooser = visit.page.waitForEvent('filechooser')
    await visit.page.getByRole('button', { name: 'Choose a folder' }).click()
    await (await chooser).setFiles(join(folder, 'Summer'))
    await visit.page.getByRole('button', { name: /^Summer\s*1 of 1 file / }).waitFor()
    await visit.expectStored(photo)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('dropped files are uploaded', async () => {
  const { visit } = current
  const bytes = testFile('dropped.bin', 70_001)
  await visit.page.evaluate(
    ({ name, content }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(content)], name))
      dispatchEvent(new DragEvent('dragover', { dataTransfer: transfer, cancelable: true }))
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    },
    { name: bytes.name, content: [...bytes.buffer] },
  )
  await visit.expectStored(bytes)
})

test('a reload goes on where it was, sends nothing twice, and keeps the history', async () => {
  const { visit } = current
  const file = testFile('holiday.mp4', 8 * MIB)
  visit.fateOf = (partNumber) => (partNumber > 3 ? 'hold' : 'send')
  await visit.add([file])
  await visit.row(file.name).getByText('3 confirmed').waitFor()
  visit.fateOf = () => 'send'
  await visit.page.reload()
  await visit.expectStored(file)
  expect(visit.sentParts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])

  await visit.page.reload()
  await visit.page.getByRole('heading', { name: 'From earlier visits' }).waitFor()
  await visit.expectStored(file)
})

test('a file that needs a permission goes on by a click', async () => {
  const { visit } = current
  const { page } = visit
  visit.fateOf = (partNumber) => (partNumber > 2 ? 'hold' : 'send')
  // A handle of the browser's own file system stands for one of the disk.
  await page.evaluate(async (size) => {
    const directory = await navigator.storage.getDirectory()
    const handle = await directory.getFileHandle('holiday.mp4', { create: true })
    const writable = await handle.createWritable()
    await writable.truncate(size)
    await writable.close()
    Object.assign(window, { showOpenFilePicker: async () => [handle] })
  }, 4 * MIB)
  await page.getByRole('button', { name: 'Choose files' }).click()
  await visit.row('holiday.mp4').getByText('2 confirmed').waitFor()
  await page.addInitScript(askAgainForFiles)
  visit.fateOf = () => 'send'
  await page.reload()
  await page.getByRole('button', { name: 'Allow reading holiday.mp4' }).click()
  await visit.row('holiday.mp4').getByText('Done', { exact: true }).waitFor()
  expect(visit.sentParts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4])
})

test('a failure tells what to do, and trying again keeps what has arrived', async () => {
  const { visit } = current
  const file = testFile('holiday.mp4', 6 * MIB)
  let refuse = (): void => {}
  const refused = new Promise<PutFate>((resolve) => {
    refuse = () => resolve({ status: 400, body: '<Error><Code>InvalidRequest</Code></Error>' })
  })
  visit.fateOf = (partNumber) => (partNumber === 6 ? refused : 'send')
  await visit.add([file])
  const row = visit.row(file.name)
  await row.getByText('5 confirmed').waitFor()
  refuse()
  await row.getByText('A fresh URL would be refused too', { exact: false }).waitFor()
  const more = row.getByRole('link', { name: 'More about storage_rejected' })
  expect(await more.getAttribute('href')).toMatch(/\/troubleshooting\.md#storage_rejected$/)
  // What is on its way would be left by a page that is opened in its place.
  expect(await more.getAttribute('target')).toBe('_blank')
  visit.fateOf = () => 'send'
  await row.getByRole('button', { name: 'Try again holiday.mp4' }).click()
  await visit.expectStored(file)
  expect(visit.sentParts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
})

test('offline it says so and waits, and goes on when the network is back', async () => {
  const { visit } = current
  const file = testFile('holiday.mp4', 4 * MIB)
  visit.fateOf = (partNumber) => (partNumber > 1 ? 'hold' : 'send')
  await visit.add([file])
  await visit.row(file.name).getByText('1 confirmed').waitFor()
  await visit.context.setOffline(true)
  await visit.page.getByText('You are offline.', { exact: false }).waitFor()
  await visit.row(file.name).getByText('There is no network.', { exact: false }).waitFor()
  visit.fateOf = () => 'send'
  await visit.row(file.name).getByRole('button', { name: 'Pause' }).click()
  await visit.context.setOffline(false)
  await visit.page.getByText('You are offline.', { exact: false }).waitFor({ state: 'detached' })
  await visit.row(file.name).getByRole('button', { name: 'Resume' }).click()
  await visit.expectStored(file)
})

test('two tabs show one upload, and either can pause it', async () => {
  const { visit } = current
  const file = testFile('holiday.mp4', 4 * MIB)
  visit.fateOf = (partNumber) => (partNumber > 2 ? 'hold' : 'send')
  await visit.add([file])
  const other = await visit.context.newPage()
  await visit.open(other)
  await visit.row(file.name, other).getByText('2 confirmed').waitFor()
  await other.getByRole('button', { name: 'Pause holiday.mp4' }).click()
  await visit.row(file.name).getByText('Paused', { exact: true }).waitFor()

  visit.fateOf = () => 'send'
  // The tab that uploads goes; the other takes over.
  await visit.page.close()
  await other.getByRole('button', { name: 'Resume holiday.mp4' }).click()
  await visit.row(file.name, other).getByText('Done', { exact: true }).waitFor()
})
