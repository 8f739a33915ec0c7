import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import type { TortureOptions } from './torture-options.ts'

const CHUNK = 1024 * 1024

/** One file to be uploaded. */
export interface SourceFile {
  readonly path: string
  /** No two files have the same. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly parts: number
  readonly sha256: string
}

/** Makes the files, in the order in which they are given to the command. */
export async function makeSourceFiles(
  dir: string,
  { size, small, partSize }: Pick<TortureOptions, 'size' | 'small' | 'partSize'>,
  random: SeededRandom,
): Promise<readonly SourceFile[]> {
  await mkdir(dir, { recursive: true })
  const sizes = [size, ...Array.from({ length: small }, () => smallSize(partSize, random))]
  // Some of the small ones come before the big one.
  const place = random.between('place of the big file', 0, Math.floor(small / 4))
  const ordered = [...sizes.slice(1, place + 1), size, ...sizes.slice(place + 1)]
  const files: SourceFile[] = []
  for (const [index, bytes] of ordered.entries()) {
    const name = `${String(index).padStart(4, '0')}${bytes === size ? ' big' : ''}.bin`
    const path = join(dir, name)
    const sha256 = await writeFileOf(path, bytes, random)
    files.push({ path, name, size: bytes, parts: Math.max(1, Math.ceil(bytes / partSize)), sha256 })
  }
  return files
}

/** Mostly one part, sometimes empty, sometimes a few parts. */
function smallSize(partSize: number, random: SeededRandom): number {
  const kind = random.draw('kind of a small file')
  if (kind < 0.02) return 0
  const most = kind < 0.9 ? Math.min(partSize, 40_000) : Math.min(partSize, CHUNK) * 3
  return random.between('size of a small file', 1, most)
}

async function writeFileOf(path: string, size: number, random: SeededRandom): Promise<string> {
  const key = Buffer.alloc(16)
  for (let at = 0; at < 16; at += 1) key[at] = random.between('content', 0, 255)
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  const hash = createHash('sha256')
  const zeros = Buffer.alloc(CHUNK)
  const file = await open(path, 'w')
  try {
    for (let left = size; left > 0; left -= CHUNK) {
      const bytes = cipher.update(zeros.subarray(0, Math.min(CHUNK, left)))
      hash.update(bytes)
      await file.write(bytes)
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

/** 64 hex digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk)
  return hash.digest('hex')
}
