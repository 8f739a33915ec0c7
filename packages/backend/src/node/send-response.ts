import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Writes a web response to a Node one, no faster than the client reads. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) {
    await response.body?.cancel()
    return
  }
  outgoing.statusCode = response.status
  if (response.statusText !== '') outgoing.statusMessage = response.statusText
  for (const [name, value] of response.headers) {
    // Middleware in front may have set headers. These two add up; of any other, two would be a mistake.
    if (name === 'set-cookie' || name === 'vary') outgoing.appendHeader(name, value)
    else outgoing.setHeader(name, value)
  }
  if (response.body === null || outgoing.req.method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  for await (const chunk of response.body) {
    if (outgoing.destroyed) return
    if (!outgoing.write(chunk)) {
      const waiting = new AbortController()
      const { signal } = waiting
      await Promise.race([
        once(outgoing, 'drain', { signal }),
        once(outgoing, 'close', { signal }),
      ]).finally(() => waiting.abort())
    }
  }
  outgoing.end()
}
