import type { ChosenItem } from './chosen-item.ts'
import { filesInDirectory, isDirectory, isFile } from './directory-files.ts'

/** What Chromium adds; type libraries do not know it. */
interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
}

/**
 * The files of a drop, those in dropped folders included. Handles where the browser gives them.
 *
 * Call it while the drop event is being handled: afterwards the browser has emptied the list.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly ChosenItem[]> {
  const items: readonly HandleItem[] = [...transfer.items].filter(({ kind }) => kind === 'file')
  const found = items.map(async (item) => {
    // Asked for at once, before anything is waited for.
    const handle = item.getAsFileSystemHandle?.()
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    const inPlace = (await ofHandle(await handle)) ?? (await ofEntry(entry))
    // What was dragged from another page is a file, and in no place that could be opened again.
    return inPlace ?? (file === null ? [] : [{ file, folder: undefined }])
  })
  return (await Promise.all(found)).flat()
}

async function ofHandle(
  handle: FileSystemHandle | null | undefined,
): Promise<readonly ChosenItem[] | undefined> {
  if (!handle) return undefined
  if (isDirectory(handle)) return filesInDirectory(handle)
  return isFile(handle) ? [{ file: handle, folder: undefined }] : undefined
}

async function ofEntry(entry: FileSystemEntry | null): Promise<readonly ChosenItem[] | undefined> {
  if (entry === null) return undefined
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    // `/Trip/day 1/photo.jpg` is in `Trip/day 1`.
    const folder = entry.fullPath.split('/').slice(1, -1).join('/')
    return [{ file, folder: folder === '' ? undefined : folder }]
  }
  if (!isDirectoryEntry(entry)) return undefined
  const found = await Promise.all((await entriesOf(entry)).map(ofEntry))
  return found.flatMap((items) => items ?? [])
}

/** A reader gives some entries at a time, and none when there are no more. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectoryEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
