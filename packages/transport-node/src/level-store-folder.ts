import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder that survives a power failure, with those above it. What is new may be entered
 * by this user only.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = (await mkdir(path, { recursive: true, mode: 0o700 })) ?? path
  // A new name is durable once the folder that holds it is.
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === dirname(made)) break
  }
}

/** Does nothing where the system knows no such thing, as Windows, or keeps this user out. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch {
    // The folder works without; only a power failure right now could undo it.
  }
}
