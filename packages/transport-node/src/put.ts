import type { ClientRequest, IncomingMessage } from 'node:http'
import { type PutRequest, type PutResponse, UploadError } from '@s3-bg-uploader/core'
import { answerTo, isSuccess } from './answer.ts'
import { BUFFER_BYTES, type BufferPool } from './buffers.ts'
import type { Connections } from './connections.ts'
import { type Ending, withEnding } from './ending.ts'
import type { FileHandle } from './file-handle.ts'
import { PartBody } from './part-body.ts'
import { parseTarget, type Target } from './target.ts'

/** Bytes of an unsuccessful answer that are handed on. */
const BODY_BYTES = 4 * 1024

/** Bytes of an answer that are read so that its connection can be used again. */
const DRAIN_BYTES = 64 * 1024

/** What `putPart` needs of the transport. */
export interface PutPorts {
  readonly connections: Connections
  readonly buffers: BufferPool
}

/**
 * Sends one range of a file with method PUT and resolves with the answer, whatever its status.
 *
 * @throws UploadError `source_changed` and the like, before the last bytes are sent; the reason of
 * the signal when it aborts; anything else is a broken exchange.
 */
export function putPart(
  ports: PutPorts,
  file: FileHandle,
  request: PutRequest,
): Promise<PutResponse> {
  return withEnding(request.signal, (ending) =>
    file.use(() => exchange(ports, file, request, ending)),
  )
}

async function exchange(
  { connections, buffers }: PutPorts,
  file: FileHandle,
  { url, range, onProgress }: PutRequest,
  ending: Ending,
): Promise<PutResponse> {
  const target = targetOf(url)
  const length = range.end - range.start
  // What fits into one buffer is verified before any of it is sent.
  if (length > BUFFER_BYTES) await file.verify()
  if (ending.isOver) throw new Error('The PUT was given up before it began')
  const request = connections.request(target, 'PUT', { 'content-length': `${length}` }, ending)
  const body = new PartBody(request, file, range, onProgress)
  const answering = answerTo(request, (message) => {
    // No more is sent than what an answer of success may have been about.
    if (!isSuccess(message.statusCode ?? 0)) body.stop()
    return drain(request, message)
  })
  const sending = body.send(buffers)
  // The first failure decides; the other one follows from it.
  answering.catch(() => {})
  const answer = await Promise.race([answering, sending.then(() => answering)])
  const { status, headers } = answer
  const text = await answer.body
  if (!isSuccess(status)) return { status, headers, body: text }
  await sending
  if (!body.sent) throw new Error('The server answered before the whole part was sent')
  return { status, headers }
}

function targetOf(url: string): Target {
  const target = parseTarget(url)
  if (typeof target === 'string')
    throw new UploadError('response_invalid', `The presigned URL of a part ${target}`, {
      hint: 'The backend must answer with absolute, percent-encoded URLs, as its S3 library makes them.',
    })
  return target
}

/**
 * Reads an answer as far as is reasonable and returns its beginning as text. After a request that
 * was sent to its end it waits until the connection is free for the next one.
 */
function drain(request: ClientRequest, message: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let total = 0
    const done = () => resolve(Buffer.concat(kept).subarray(0, BODY_BYTES).toString())
    message.on('data', (chunk: Buffer) => {
      if (total < BODY_BYTES) kept.push(chunk)
      total += chunk.length
      if (total > DRAIN_BYTES) {
        request.destroy()
        done()
      }
    })
    // A body that breaks off takes nothing from the status and the headers.
    message.on('error', done)
    message.on('end', () => {
      if (!request.writableEnded) done()
    })
    request.on('close', done)
  })
}
