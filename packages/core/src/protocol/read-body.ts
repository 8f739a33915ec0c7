import type { FetchBody, FetchResponse } from '../ports.ts'
import { untilAborted } from './until-aborted.ts'

/** The URLs of 10,000 parts are 5 to 20 MB, but those of a batch are far less. */
const MAX_BYTES = 8 * 1024 * 1024

// Runtimes whose bodies are streams have it, and a type library of ours does not.
const { TextDecoder: Decoder } = globalThis as {
  readonly TextDecoder?: new () => {
    decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string
  }
}

/**
 * The text of an answer. Undefined, and the connection closed, where it is larger than any honest
 * one. Rejects where it is cut off, and as soon as `controller` aborts.
 */
export async function readBody(
  response: FetchResponse,
  controller: AbortController,
): Promise<string | undefined> {
  if (Number(response.headers.get('content-length')) > MAX_BYTES) {
    controller.abort()
    return undefined
  }
  if (response.body && Decoder) return readStream(response.body, new Decoder(), controller)
  const text = await untilAborted(response.text(), controller.signal)
  return text.length > MAX_BYTES ? undefined : text
}

async function readStream(
  body: FetchBody,
  decoder: InstanceType<NonNullable<typeof Decoder>>,
  controller: AbortController,
): Promise<string | undefined> {
  const reader = body.getReader()
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), controller.signal)
      if (done || value === undefined) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > MAX_BYTES) break
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    stop(reader)
    throw error
  }
  stop(reader)
  controller.abort()
  return undefined
}

/** Also where the platform's fetch does not heed the signal. */
function stop(reader: ReturnType<FetchBody['getReader']>): void {
  reader.cancel().catch(() => {
    // It broke already: that is why nothing more is read.
  })
}
