import { createCipheriv } from 'node:crypto'
import { open } from 'node:fs/promises'

const CHUNK = 4 * 1024 * 1024

/**
 * Writes a file of pseudo-random bytes, the same ones every time: an AES key stream is the fastest
 * source of bytes that no layer can compress or mix up unnoticed.
 */
export async function writeDemoFile(path: string, size: number): Promise<void> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 's3-bg-uploader'), Buffer.alloc(16))
  const zeros = Buffer.alloc(CHUNK)
  const file = await open(path, 'w')
  try {
    for (let left = size; left > 0; left -= CHUNK) {
      await file.write(cipher.update(zeros.subarray(0, Math.min(CHUNK, left))))
    }
  } finally {
    await file.close()
  }
}
