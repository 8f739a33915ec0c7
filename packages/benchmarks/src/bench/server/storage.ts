import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type ServerSettings, STRAGGLER } from './settings.ts'
import type { TrafficMeter } from './traffic-meter.ts'

const ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
const XML = '<?xml version="1.0" encoding="UTF-8"?>'

/** Reads a PUT, forgets it, and answers with an ETag, or misbehaves as the settings say. */
export async function answerPut(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ServerSettings,
  meter: TrafficMeter,
): Promise<void> {
  // Nobody is answered before the body is there, so that every client can keep its connection and
  // pays for what it sent in vain.
  if (settings.maxParallel > 0 && meter.inFlight >= settings.maxParallel) {
    meter.refuse()
    await discard(request)
    return answerXml(response, 503, '<Error><Code>SlowDown</Code></Error>')
  }
  const put = meter.begin()
  response.once('close', put.ended)
  if (divides(settings.resetEvery, put.number)) {
    put.reset()
    request.socket.resetAndDestroy()
    return
  }
  const bytes = await discard(request)
  const times = divides(settings.straggleEvery, put.number) ? STRAGGLER : 1
  if (settings.putDelayMs > 0) await setTimeout(settings.putDelayMs * times)
  // Whoever lost patience meanwhile stored nothing.
  if (response.destroyed) return
  put.stored(bytes)
  response.writeHead(200, { etag: ETAG, 'content-length': 0 }).end()
}

function divides(every: number, number: number): boolean {
  return every > 0 && number % every === 0
}

/** The other calls that SDKs make around their PUTs. */
export async function answerS3(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await discard(request)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
  const [, bucket, ...segments] = pathname.split('/')
  const object = `<Bucket>${bucket}</Bucket><Key>${segments.join('/')}</Key>`
  if (request.method === 'POST' && searchParams.has('uploads')) {
    const body = `${object}<UploadId>upload</UploadId>`
    return answerXml(response, 200, element('InitiateMultipartUploadResult', body))
  }
  if (request.method === 'POST' && searchParams.has('uploadId')) {
    const body = `<Location>http://127.0.0.1${pathname}</Location>${object}<ETag>${ETAG}</ETag>`
    return answerXml(response, 200, element('CompleteMultipartUploadResult', body))
  }
  // minio looks for an upload that it could go on with.
  if (request.method === 'GET' && searchParams.has('uploads')) {
    const body = `<Bucket>${bucket}</Bucket><IsTruncated>false</IsTruncated>`
    return answerXml(response, 200, element('ListMultipartUploadsResult', body))
  }
  answerXml(response, 501, '<Error><Code>NotImplemented</Code></Error>')
}

function element(name: string, body: string): string {
  return `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</${name}>`
}

function answerXml(response: ServerResponse, status: number, body: string): void {
  const text = XML + body
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** @returns how many bytes the body had. */
function discard(request: IncomingMessage): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => resolve(bytes))
    request.on('error', reject)
  })
}
