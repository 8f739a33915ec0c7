// The default import: MSW replaces functions of this object, and a named import would keep the old one.
import http from 'node:http'

/** A request as a test makes it. */
export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

/** An answer as it came in. */
export interface Received {
  readonly status: number
  /** Every value of a header, in the order in which they came; names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly text: string
}

/** One way to send requests. Rejects when the exchange breaks. */
export type Client = (url: string, sent?: Sent) => Promise<Received>

export const viaFetch: Client = async (url, { method = 'POST', headers = {}, body } = {}) => {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  const all: Record<string, string[]> = {}
  for (const [name, value] of response.headers) all[name] = [value]
  return { status: response.status, headers: all, text: await response.text() }
}

const viaNode: Client = (url, { method = 'POST', headers = {}, body } = {}) =>
  new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body ?? '')
    const request = http.request(
      url,
      { method, headers: { 'content-length': length, ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const all: Record<string, string[]> = {}
          const { rawHeaders } = response
          for (let at = 0; at < rawHeaders.length; at += 2) {
            const name = String(rawHeaders[at]).toLowerCase()
            all[name] = [...(all[name] ?? []), String(rawHeaders[at + 1])]
          }
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, headers: all, text })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })

export const clients: readonly { readonly name: string; readonly client: Client }[] = [
  { name: 'fetch', client: viaFetch },
  { name: 'node:http', client: viaNode },
]
