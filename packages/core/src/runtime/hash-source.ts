import { UploadError } from '../errors.ts'
import type { Hasher, Source } from '../ports.ts'

/** Large reads cost less: 64 KiB at a time would take more than twice the CPU. */
const CHUNK = 2 * 1024 * 1024

/**
 * The XXH64 of a whole file: natively where the source can, else chunk after chunk, of which the next
 * is read while one is hashed.
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
  const { size } = source
  let into = new Uint8Array(Math.min(CHUNK, size))
  let spare = new Uint8Array(Math.max(0, Math.min(CHUNK, size - CHUNK)))
  const endOf = (start: number): number => Math.min(size, start + CHUNK)
  const readFrom = (start: number): Promise<Uint8Array> | undefined =>
    start < size ? source.read({ start, end: endOf(start) }, into) : undefined
  let reading = readFrom(0)
  for (let start = 0; reading !== undefined; start += CHUNK) {
    const bytes = await reading
    const end = endOf(start)
    if (signal.aborted) throw new UploadError('cancelled', 'Hashing was stopped')
    if (bytes.length !== end - start) {
      throw new UploadError('source_changed', 'The file ended before its size')
    }
    ;[into, spare] = [spare, into]
    reading = readFrom(end)
    reading?.catch(() => {
      // Whoever awaits it is told, and nobody does where hashing itself fails.
    })
    state.update(bytes)
    onProgress(end)
  }
  return state.digest()
}
