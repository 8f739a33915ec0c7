import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { type Keys, sha256, signatureFault } from './sigv4.ts'

export const KEYS: Keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' }
export const BUCKET = 'videos'

/** What happens to the next call of an operation instead of the usual. */
export interface Fault {
  readonly operation: Operation
  /** Whether the operation takes place all the same. Default: false. */
  readonly happens?: boolean
  /** The answer; none breaks the connection. */
  readonly answer?: { readonly status: number; readonly body?: string; readonly headers?: object }
}

type Operation = 'Create' | 'UploadPart' | 'Complete' | 'ListParts' | 'Abort' | 'Head'

interface Upload {
  readonly key: string
  readonly parts: Map<number, Buffer>
}

class Refusal extends Error {
  readonly status: number

  constructor(status: number, code: string) {
    super(code)
    this.status = status
  }
}

/**
 * The part of S3 that uploads need, on a port of its own, path-style, in memory. Checks the signature of
 * every request with code that shares nothing with the SDK's.
 */
export class SmallS3 {
  readonly uploads: Map<string, Upload> = new Map()
  readonly objects: Map<string, { readonly bytes: Buffer; readonly etag: string }> = new Map()
  /** Operations in the order of their arrival. */
  readonly log: Operation[] = []
  /** Headers of the latest request of each operation. */
  readonly headers: Map<Operation, IncomingMessage['headers']> = new Map()
  readonly faults: Fault[] = []
  /** The most parts of one page of ListParts. */
  pageSize = 1000
  /** Milliseconds since the epoch, for what expires. */
  now: () => number = Date.now
  endpoint = ''

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '', headers } = request
    const body = await buffer(request)
    const url = new URL(target, this.endpoint)
    const operation = operationOf(method, url.searchParams)
    this.log.push(operation)
    this.headers.set(operation, headers)
    const at = this.faults.findIndex((fault) => fault.operation === operation)
    const [fault] = at === -1 ? [] : this.faults.splice(at, 1)
    try {
      const wrong = signatureFault(
        { method, target, headers, bodyHash: sha256(body) },
        KEYS,
        this.now(),
      )
      if (wrong !== undefined) throw new Refusal(403, wrong)
      if (fault === undefined || fault.happens === true) {
        const answer = this.#perform(operation, url, body, headers)
        if (fault === undefined) {
          response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
          return
        }
      }
      if (fault?.answer === undefined) {
        response.destroy()
        return
      }
      response.writeHead(fault.answer.status, { ...fault.answer.headers }).end(fault.answer.body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      response.writeHead(error.status, { 'content-type': 'application/xml' })
      response.end(method === 'HEAD' ? undefined : errorXml(error.message))
    }
  }

  #perform(
    operation: Operation,
    { pathname, searchParams }: URL,
    body: Buffer,
    headers: IncomingMessage['headers'],
  ): { status?: number; headers?: Record<string, string>; body?: string } {
    const prefix = `/${BUCKET}/`
    if (!pathname.startsWith(prefix)) throw new Refusal(404, 'NoSuchBucket')
    const key = decodeURIComponent(pathname.slice(prefix.length))
    const uploadId = searchParams.get('uploadId') ?? ''
    switch (operation) {
      case 'Create': {
        const id = `${randomBytes(12).toString('base64url')}.~_-'()*!`
        this.uploads.set(id, { key, parts: new Map() })
        return { body: xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`) }
      }
      case 'UploadPart': {
        const checksum = searchParams.get('x-amz-checksum-crc32') ?? headers['x-amz-checksum-crc32']
        if (checksum !== undefined) throw new Refusal(400, 'BadDigest')
        this.#upload(uploadId, key).parts.set(Number(searchParams.get('partNumber')), body)
        return { headers: { etag: `"${md5(body)}"` } }
      }
      case 'ListParts': {
        const { parts } = this.#upload(uploadId, key)
        const marker = Number(searchParams.get('part-number-marker') ?? 0)
        const all = [...parts].sort(([a], [b]) => a - b).filter(([number]) => number > marker)
        const page = all.slice(0, this.pageSize).map(([number, bytes]) => partXml(number, bytes))
        const more = `<IsTruncated>${all.length > page.length}</IsTruncated>`
        return { body: xml('ListPartsResult', more + page.join('')) }
      }
      case 'Complete': {
        const { parts } = this.#upload(uploadId, key)
        const named = [...body.toString().matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
          number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
          etag: /<ETag>(?:"|&quot;)([^"&<]*)(?:"|&quot;)<\/ETag>/.exec(part)?.[1],
        }))
        const chosen = named.map(({ number, etag }) => {
          const bytes = parts.get(number)
          if (bytes === undefined || md5(bytes) !== etag) throw new Refusal(400, 'InvalidPart')
          return bytes
        })
        const digests = Buffer.concat(
          chosen.map((bytes) => createHash('md5').update(bytes).digest()),
        )
        const etag = `"${md5(digests)}-${chosen.length}"`
        this.objects.set(key, { bytes: Buffer.concat(chosen), etag })
        this.uploads.delete(uploadId)
        return { body: xml('CompleteMultipartUploadResult', `<ETag>${etag}</ETag>`) }
      }
      case 'Abort':
        this.#upload(uploadId, key)
        this.uploads.delete(uploadId)
        return { status: 204 }
      case 'Head': {
        const object = this.objects.get(key)
        if (object === undefined) throw new Refusal(404, 'NoSuchKey')
        return { headers: { etag: object.etag, 'content-length': String(object.bytes.length) } }
      }
    }
  }

  #upload(uploadId: string, key: string): Upload {
    const upload = this.uploads.get(uploadId)
    if (upload?.key !== key) throw new Refusal(404, 'NoSuchUpload')
    return upload
  }
}

export function errorXml(code: string): string {
  return xml('Error', `<Code>${code}</Code><Message>${code}</Message>`)
}

export function partXml(number: number, bytes: Buffer): string {
  return `<Part><PartNumber>${number}</PartNumber><ETag>"${md5(bytes)}"</ETag><Size>${bytes.length}</Size></Part>`
}

export function xml(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content}</${name}>`
}

export function md5(data: Buffer | string): string {
  return createHash('md5').update(data).digest('hex')
}

function operationOf(method: string, query: URLSearchParams): Operation {
  if (method === 'POST') return query.has('uploads') ? 'Create' : 'Complete'
  if (method === 'PUT') return 'UploadPart'
  if (method === 'DELETE') return 'Abort'
  return method === 'HEAD' ? 'Head' : 'ListParts'
}
