/** Bytes of a request that have arrived, in pieces. */
export type Chunks = readonly Uint8Array[]

/**
 * Reads the body of a request, until at least `atLeast` bytes have arrived where that is less.
 *
 * @param over Resolves when nobody is interested any more.
 * @returns undefined when the body broke off or nobody is interested.
 */
export async function readBody(
  request: Request,
  atLeast: number,
  over: Promise<unknown>,
  onBytes: (total: number) => void,
): Promise<Chunks | undefined> {
  const chunks: Uint8Array[] = []
  if (request.body === null || atLeast === 0) return chunks
  const reader = request.body.getReader()
  let total = 0
  while (total < atLeast) {
    const piece = await Promise.race([
      reader.read().catch(() => undefined),
      over.then(() => undefined),
    ])
    if (piece === undefined) {
      // Not awaited: what waits for a sender that is gone may wait for ever.
      reader.cancel().catch(() => {})
      return undefined
    }
    if (piece.done) return chunks
    chunks.push(piece.value)
    total += piece.value.length
    onBytes(total)
  }
  reader.cancel().catch(() => {})
  return chunks
}
