import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'transport-node-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A file that is gone after the test. */
export async function temporaryFile(
  content: Uint8Array | string,
  name = 'file.bin',
): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

/** A file that takes no space but for `tail` at its end. */
export async function sparseFile(size: number, tail: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'sparse.bin')
  const file = await open(path, 'w')
  await file.truncate(size)
  await file.write(tail, 0, tail.length, size - tail.length)
  await file.close()
  return path
}

/** Bytes that differ from one KiB to the next. */
export function patternOf(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at++) bytes[at] = Math.imul((at >>> 10) ^ at, 0x9e3779b1) >>> 24
  return bytes
}
