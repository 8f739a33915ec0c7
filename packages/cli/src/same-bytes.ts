import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

const CHUNK = 1024 * 1024

export type Comparison =
  | { readonly same: true; readonly size: number; readonly sha256: string }
  | { readonly same: false; readonly from: number }

/** Compares two files byte for byte; `from` is the start of the first block that differs. */
export async function compareFiles(left: string, right: string): Promise<Comparison> {
  const a = await open(left)
  try {
    const b = await open(right)
    try {
      return await compareHandles(a, b)
    } finally {
      await b.close()
    }
  } finally {
    await a.close()
  }
}

async function compareHandles(a: FileHandle, b: FileHandle): Promise<Comparison> {
  const hash = createHash('sha256')
  const intoA = Buffer.alloc(CHUNK)
  const intoB = Buffer.alloc(CHUNK)
  for (let position = 0; ; ) {
    const [fromA, fromB] = await Promise.all([
      readFully(a, intoA, position),
      readFully(b, intoB, position),
    ])
    if (!fromA.equals(fromB)) return { same: false, from: position }
    hash.update(fromA)
    position += fromA.length
    if (fromA.length < CHUNK) return { same: true, size: position, sha256: hash.digest('hex') }
  }
}

/** As much as there is, up to the whole buffer: one read may give less. */
async function readFully(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0
  while (filled < into.length) {
    const left = into.length - filled
    const { bytesRead } = await file.read(into, filled, left, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return into.subarray(0, filled)
}
