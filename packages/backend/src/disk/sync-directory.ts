import { open } from 'node:fs/promises'

/** Makes the names in a directory survive a power cut, where the platform has a way to ask for it. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
