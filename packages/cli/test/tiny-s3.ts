import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** As much of S3 as one upload of one part needs, on loopback, for a bucket in the path. */
export async function tinyS3(bucket: string) {
  const requests: { readonly method: string; readonly url: URL; readonly authorization: string }[] =
    []
  const objects = new Map<string, Buffer>()
  let part: Buffer = Buffer.alloc(0)

  async function answer(request: IncomingMessage, url: URL): Promise<[number, string]> {
    const body = await buffer(request)
    const key = decodeURIComponent(url.pathname).replace(`/${bucket}/`, '')
    if (!url.pathname.startsWith(`/${bucket}/`))
      return [404, '<Error><Code>NoSuchBucket</Code></Error>']
    switch (
      `${request.method} ${[...url.searchParams.keys()].find((name) => /^upload/.test(name))}`
    ) {
      case 'POST uploads':
        return [
          200,
          '<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>',
        ]
      case 'PUT uploadId':
        part = body
        return [200, '']
      case 'GET uploadId':
        return [
          200,
          `<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>"${md5(part)}"</ETag><Size>${part.length}</Size></Part></ListPartsResult>`,
        ]
      case 'POST uploadId':
        objects.set(key, part)
        return [200, '<CompleteMultipartUploadResult/>']
      default:
        return [400, '<Error><Code>InvalidRequest</Code></Error>']
    }
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://s3.test')
    const { authorization = '' } = request.headers
    requests.push({ method: request.method ?? '', url, authorization })
    const [status, body] = await answer(request, url)
    response.writeHead(status, { 'content-type': 'application/xml', etag: `"${md5(part)}"` })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // By its name: in front of an address no client would put the bucket.
  const endpoint = `http://localhost:${(server.address() as AddressInfo).port}`
  return { endpoint, requests, objects }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}
