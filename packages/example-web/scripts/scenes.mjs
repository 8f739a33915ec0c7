import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { askAgainForFiles } from './ask-again-for-files.mjs'

const refusal = {
  status: 400,
  contentType: 'application/xml',
  body: '<Error><Code>InvalidRequest</Code><Message>The bucket does not take this</Message></Error>',
}
const unavailable = { status: 503, contentType: 'application/xml', body: '<Error/>' }

const row = (page, name) => page.locator('.upload', { hasText: name })
const says = (page, name, text) => row(page, name).getByText(text).first().waitFor()

/** The states of the page worth looking at, each with what brings it about. */
export const scenes = {
  async empty({ page }) {
    await page.getByRole('button', { name: 'Choose files' }).isEnabled()
  },

  async uploading({ page, backend, add, addFolder }) {
    backend.put = ({ name, partNumber, attempt }) => {
      if (name.startsWith('Interview')) {
        if (partNumber % 17 === 5 && attempt === 1) return unavailable
        return partNumber > 46 ? 'hold' : 'confirm'
      }
      if (name.startsWith('DSC') || name === 'notes.txt') return 'confirm'
      return partNumber > 3 ? 'hold' : 'confirm'
    }
    await add({ 'Interview with the lighthouse keeper, second take, uncut.mov': 96e6 })
    await page.getByText(/4[0-9] confirmed/).waitFor()
    await add({ 'notes.txt': 1800, 'scan-2026-11.pdf': 14_400_000 })
    await addFolder('Summer/Day 1', { 'DSC_0001.jpg': 4_100_000, 'DSC_0002.jpg': 3_900_000 })
    await says(page, 'scan-2026-11.pdf', 'Waiting')
  },

  async paused({ page, backend, add }) {
    backend.put = ({ partNumber }) => (partNumber > 12 ? 'hold' : 'confirm')
    await add({ 'holiday.mp4': 31e6, 'talk.mp4': 22e6 })
    await page.getByText(/12 confirmed/).waitFor()
    await page.getByRole('button', { name: 'Pause all' }).click()
    await says(page, 'holiday.mp4', 'Paused')
  },

  async offline({ page, backend, add, context }) {
    backend.put = ({ partNumber }) => (partNumber > 7 ? 'hold' : 'confirm')
    await add({ 'holiday.mp4': 31e6 })
    await page.getByText(/7 confirmed/).waitFor()
    await context.setOffline(true)
    await says(page, 'holiday.mp4', 'There is no network')
  },

  async failed({ page, backend, add }) {
    backend.put = ({ partNumber, name }) =>
      name === 'holiday.mp4' && partNumber === 9 ? refusal : 'confirm'
    backend.startAnswer = (name) =>
      name === 'contract.pdf'
        ? { status: 401, json: { code: 'Unauthorized', message: 'Valid credentials are needed.' } }
        : undefined
    await add({ 'contract.pdf': 240_000, 'holiday.mp4': 31e6 })
    await says(page, 'contract.pdf', 'Failed')
    await says(page, 'holiday.mp4', 'Failed')
  },

  async retrying({ page, backend, add }) {
    backend.put = () => ({ ...unavailable, headers: { 'retry-after': '45' } })
    await add({ 'holiday.mp4': 3e6 })
    await says(page, 'holiday.mp4', 'is tried again')
  },

  async permission({ page, backend, addHandle }) {
    backend.put = ({ partNumber }) => (partNumber > 9 ? 'hold' : 'confirm')
    await addHandle('holiday.mp4', 31e6)
    await page.getByText(/9 confirmed/).waitFor()
    await page.addInitScript(askAgainForFiles)
    await page.reload()
    await page.getByRole('button', { name: /Allow reading/ }).waitFor()
  },

  async 'choose-again'({ page, backend, add }) {
    backend.put = ({ partNumber }) => (partNumber > 9 ? 'hold' : 'confirm')
    backend.partSize = 10e6
    // More than the browser is asked to keep.
    await add({ 'wedding.mp4': 310e6 })
    await page.getByText(/9 confirmed/).waitFor()
    await page.reload()
    await page.getByRole('button', { name: /Choose.*again/ }).waitFor()
  },

  async completed({ page, add }) {
    await add({ 'holiday.mp4': 31e6, 'talk.mp4': 22e6, 'notes.txt': 1800, 'empty.bin': 0 })
    await page.getByText('4 done').waitFor()
  },

  async history({ page, backend, add }) {
    backend.put = ({ name, partNumber }) =>
      name === 'holiday.mp4' && partNumber > 20 ? 'hold' : 'confirm'
    await add({ 'talk.mp4': 22e6, 'notes.txt': 1800, 'old-draft.docx': 88_000 })
    await page.getByText('3 done').waitFor()
    await add({ 'holiday.mp4': 31e6 })
    await page.getByText(/20 confirmed/).waitFor()
    await page.reload()
    await page.getByText('From earlier visits').waitFor()
    await page.getByText(/20 confirmed/).waitFor()
  },

  async 'many-parts'({ page, backend, add }) {
    backend.partSize = 50_000
    backend.put = ({ partNumber, attempt }) => {
      if (partNumber % 97 === 11 && attempt === 1) return unavailable
      return partNumber > 1240 ? 'hold' : 'confirm'
    }
    await add({ 'archive-2026.tar': 2000 * 50_000 })
    await page.getByText(/1,2[34]\d confirmed/).waitFor({ timeout: 120_000 })
  },

  async notice({ page }) {
    await page.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException(
          'The user denied permission to access the database.',
          'SecurityError',
        )
      }
    })
    await page.reload()
    await page.getByRole('alert').getByText(/./).first().waitFor()
  },

  async dragging({ page }) {
    await page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['x'], 'x.txt'))
      dispatchEvent(new DragEvent('dragover', { dataTransfer: transfer, cancelable: true }))
    })
  },
}

/** Files of so many bytes on the disk, made without writing them. */
export async function sparseFiles(folder, sizes) {
  await mkdir(folder, { recursive: true })
  const paths = []
  for (const [name, size] of Object.entries(sizes)) {
    const path = join(folder, name)
    const file = await open(path, 'w')
    await file.truncate(size)
    await file.close()
    paths.push(path)
  }
  return paths
}
