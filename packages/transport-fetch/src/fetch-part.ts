import { BODY_CHARACTERS, DRAIN_BYTES, isSuccess } from './answer.ts'
import type { SendPart } from './file-source.ts'

/** Sends a part where there is no XMLHttpRequest. `fetch` tells no progress of what it sends. */
export const fetchPart: SendPart = async ({ url, body, signal }) => {
  const response = await fetch(url, {
    method: 'PUT',
    body: plainBody(body),
    signal,
    credentials: 'omit',
    redirect: 'manual',
    referrerPolicy: 'no-referrer',
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw withoutUrl(error)
  })
  if (response.type === 'opaqueredirect') throw new Error('The storage answered with a redirect')
  const { status } = response
  const headers = Object.fromEntries(response.headers)
  const text = await beginningOf(response)
  signal.throwIfAborted()
  return isSuccess(status) ? { status, headers } : { status, headers, body: text }
}

/**
 * What every platform sends with a length and without a type: Deno sends a Blob without bytes in
 * chunks, which S3 refuses, and in Bun a slice keeps the type of its file, whatever is asked for.
 */
function plainBody(body: Blob): Blob | Uint8Array<ArrayBuffer> {
  if (body.size === 0) return new Uint8Array()
  return body.type === '' ? body : new Blob([body], { type: '' })
}

/** Reads an answer as far as is reasonable and returns its beginning. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let total = 0
  try {
    while (total <= DRAIN_BYTES) {
      const { done, value } = await reader.read()
      if (done) return text
      total += value.length
      if (text.length < BODY_CHARACTERS)
        text = (text + decoder.decode(value, { stream: true })).slice(0, BODY_CHARACTERS)
    }
    await reader.cancel()
  } catch {
    // A body that breaks off takes nothing from the status and the headers.
  }
  return text
}

/** Deno and Bun show the whole URL in what `fetch` throws, and its query is a secret. */
function withoutUrl(error: unknown): Error {
  const { code, cause } = Object(error) as { readonly code?: unknown; readonly cause?: unknown }
  const told = (Object(cause) as { readonly code?: unknown }).code ?? code
  return Object.assign(new Error('fetch failed'), typeof told === 'string' && { code: told })
}
