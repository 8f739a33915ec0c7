import { BackendError } from '@s3-bg-uploader/backend'

/**
 * The whole body of a part.
 *
 * @param announced Bytes, as Content-Length says.
 * @param maximum Bytes.
 * @throws BackendError `EntityTooLarge`, `IncompleteBody`.
 */
export async function receive(
  body: AsyncIterable<Uint8Array>,
  announced: number | undefined,
  maximum: number,
): Promise<Uint8Array> {
  if (announced !== undefined && announced > maximum) throw tooLarge(maximum)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of unbroken(body)) {
    size += chunk.length
    if (size > maximum) throw tooLarge(maximum)
    chunks.push(chunk)
  }
  if (announced !== undefined && size !== announced) {
    throw new BackendError('IncompleteBody', `${size} of ${announced} bytes arrived.`)
  }
  return concatenate(chunks)
}

/** The chunks as one. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    throw new BackendError('IncompleteBody', 'The body broke off.')
  }
}

function tooLarge(maximum: number): BackendError {
  return new BackendError('EntityTooLarge', `This part may have ${maximum} bytes, not more.`)
}
