/** Readers in use: Chromium takes one for garbage while only what waits for it holds it. */
const inUse = new Set<ReadableStreamBYOBReader>()

/** The bytes of a file in a row, always in the same memory: the fastest way that we know of. */
export async function* byteStream(file: Blob, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader({ mode: 'byob' })
  inUse.add(reader)
  try {
    let memory = new Uint8Array(pieceBytes)
    while (true) {
      const { value } = await reader.read(memory)
      if (value === undefined || value.length === 0) return
      yield value
      memory = new Uint8Array(value.buffer)
    }
  } finally {
    inUse.delete(reader)
  }
}
