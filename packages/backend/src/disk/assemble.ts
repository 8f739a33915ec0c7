import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { BackendError } from '../backend-error.ts'
import type { PartTag } from '../storage.ts'
import { openPart, readTrailer } from './stored-part.ts'

/** Large reads cost the least; one buffer serves the whole object. */
const COPY_BYTES = 4 * 1024 * 1024

/**
 * Writes the parts one after another into a new file at `target`. Durable once resolved, except for
 * the name.
 *
 * @throws BackendError `InvalidPart` when a part is no longer the one with that ETag.
 */
export async function assemble(
  parts: readonly PartTag[],
  partsDirectory: string,
  target: string,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(COPY_BYTES)
  const output = await open(target, 'wx')
  try {
    for (const part of parts) {
      const input = await openPart(partsDirectory, part.partNumber)
      if (input === undefined) throw invalidPart(part)
      try {
        // Checked on the file that is copied from: a PUT may have replaced the part a moment ago.
        const { size, md5 } = await readTrailer(input)
        if (md5 !== part.etag) throw invalidPart(part)
        await copy(input, output, size, buffer)
      } finally {
        await input.close()
      }
    }
    await output.sync()
  } finally {
    await output.close()
  }
}

async function copy(
  input: FileHandle,
  output: FileHandle,
  size: number,
  buffer: Buffer,
): Promise<void> {
  let position = 0
  while (position < size) {
    const wanted = Math.min(buffer.length, size - position)
    const { bytesRead } = await input.read(buffer, 0, wanted, position)
    if (bytesRead === 0) throw new Error('A part file is shorter than it says.')
    for (let written = 0; written < bytesRead; ) {
      const result = await output.write(buffer, written, bytesRead - written)
      written += result.bytesWritten
    }
    position += bytesRead
  }
}

function invalidPart({ partNumber }: PartTag): BackendError {
  return new BackendError(
    'InvalidPart',
    `Part ${partNumber} was not uploaded, or its ETag is another.`,
  )
}
