import type { ChosenItem } from './chosen-item.ts'

/** Every file in a directory and below it, as handles: these outlive a reload of the page. */
export async function filesInDirectory(
  directory: FileSystemDirectoryHandle,
  path: string = directory.name,
): Promise<readonly ChosenItem[]> {
  const items: ChosenItem[] = []
  for await (const handle of directory.values()) {
    if (isDirectory(handle)) {
      items.push(...(await filesInDirectory(handle, `${path}/${handle.name}`)))
    } else if (isFile(handle)) items.push({ file: handle, folder: path })
  }
  return items
}

export function isFile(handle: FileSystemHandle): handle is FileSystemFileHandle {
  return handle.kind === 'file'
}

export function isDirectory(handle: FileSystemHandle): handle is FileSystemDirectoryHandle {
  return handle.kind === 'directory'
}
