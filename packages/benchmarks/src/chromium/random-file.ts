import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Writes a file of noise, and leaves it in the page cache. */
export async function writeRandomFile(bytes: number, path: string): Promise<void> {
  const block = randomBytes(1024 * 1024)
  const file = await open(path, 'w')
  for (let rest = bytes; rest > 0; rest -= block.length) {
    await file.write(block, 0, Math.min(rest, block.length))
  }
  await file.close()
}
