import type { IncomingMessage } from 'node:http'

/** More than clients have on the way when they hear a refusal; who sends on does not listen. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024

/**
 * Throws away what an answered request still sends. Closing at once would make many clients fail on
 * writing before they read the answer.
 */
export function drainRequest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  let drained = 0
  request.on('data', (chunk: Uint8Array) => {
    drained += chunk.length
    if (drained > MAX_DRAINED_BYTES) request.destroy()
  })
  request.resume()
}
