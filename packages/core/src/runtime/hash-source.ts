import { UploadError } from '../errors.ts'
import type { Hasher, Source } from '../ports.ts'

/** Large reads cost less: 64 KiB at a time would take more than twice the CPU. */
const CHUNK = 2 * 1024 * 1024

/**
 * The XXH64 of a whole file: natively where the source can, else read through one reused buffer.
 *
 * @throws what the source throws; an aborted one throws anything.
 */
export async function hashSource(
  source: Source,
  hasher: Hasher,
  signal: AbortSignal,
  onProgress: (hashedBytes: number) => void,
): Promise<string> {
  if (source.hash !== undefined) return source.hash({ signal, onProgress })
  const state = await hasher.create()
  const buffer = new Uint8Array(Math.min(CHUNK, source.size))
  for (let start = 0; start < source.size; start += CHUNK) {
    if (signal.aborted) throw new UploadError('cancelled', 'Hashing was stopped')
    const end = Math.min(source.size, start + CHUNK)
    const bytes = await source.read({ start, end }, buffer)
    if (bytes.length !== end - start) {
      throw new UploadError('source_changed', 'The file ended before its size')
    }
    state.update(bytes)
    onProgress(end)
  }
  return state.digest()
}
