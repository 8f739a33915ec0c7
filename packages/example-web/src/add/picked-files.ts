import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'
import type { ChosenItem } from './chosen-item.ts'
import { filesInDirectory } from './directory-files.ts'

/** What Chromium adds; type libraries do not know it. */
interface Pickers {
  showOpenFilePicker?(options: {
    readonly multiple: boolean
  }): Promise<readonly FileSystemFileHandle[]>
  showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>
}

const pickers = window as Window & Pickers

/** Lets the user pick files. None when the user thought better of it. Call it in a click. */
export async function pickFiles(): Promise<readonly ChosenItem[]> {
  const files = await (pickers.showOpenFilePicker === undefined
    ? askInput({ multiple: true })
    : unlessCancelled(pickers.showOpenFilePicker({ multiple: true })))
  return (files ?? []).map((file) => ({ file, folder: undefined }))
}

/** Lets the user pick one file. */
export async function pickFile(): Promise<ChosenFile | undefined> {
  const files = await (pickers.showOpenFilePicker === undefined
    ? askInput({ multiple: false })
    : unlessCancelled(pickers.showOpenFilePicker({ multiple: false })))
  return files?.[0]
}

/** Lets the user pick a folder. Its files, and those below it. */
export async function pickFolder(): Promise<readonly ChosenItem[]> {
  if (pickers.showDirectoryPicker === undefined) {
    const files = await askInput({ webkitdirectory: true })
    return files.map((file) => ({
      file,
      // `Trip/day 1/photo.jpg` is in `Trip/day 1`.
      folder: file.webkitRelativePath.split('/').slice(0, -1).join('/') || undefined,
    }))
  }
  const directory = await unlessCancelled(pickers.showDirectoryPicker())
  return directory === undefined ? [] : filesInDirectory(directory)
}

function askInput(
  options: Partial<Pick<HTMLInputElement, 'multiple' | 'webkitdirectory'>>,
): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement('input'), { type: 'file', ...options })
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

async function unlessCancelled<T>(picked: Promise<T>): Promise<T | undefined> {
  try {
    return await picked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}
