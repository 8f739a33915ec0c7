import { HttpResponse } from 'msw'
import { copyHeaders } from './copy-headers.ts'
import type { Fate } from './fault.ts'
import type { Server } from './server.ts'

/** Adds what every answer of a server has, and makes the planned changes to the headers. */
export async function finishAnswer(
  answer: Response,
  { now, exposeEtag }: Server,
  origin: string | null,
  fate?: Fate,
): Promise<Response> {
  const headers = copyHeaders(answer.headers)
  const bytes = await answer.arrayBuffer()
  const bodiless = answer.status === 204 || answer.status === 304
  if (!bodiless) headers.set('content-length', String(bytes.byteLength))
  if (!headers.has('date')) headers.set('date', new Date(now()).toUTCString())
  if (origin !== null && !headers.has('access-control-allow-origin')) {
    headers.set('access-control-allow-origin', '*')
    headers.set('access-control-expose-headers', 'ETag')
  }
  if (!exposeEtag) {
    headers.delete('etag')
    headers.delete('access-control-expose-headers')
  }
  for (const change of fate?.changes ?? []) {
    if (change.kind === 'headers') change.change(headers)
  }
  const body = bodiless || bytes.byteLength === 0 ? null : bytes
  return new HttpResponse(body, { status: answer.status, headers })
}

/** The same answer, which breaks after so many bytes of its body. */
export function cutOff(response: Response, afterBytes: number): Response {
  const { status, headers, body } = response
  const reader = body?.getReader()
  let left = afterBytes
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value } = (await reader?.read()) ?? {}
      if (value === undefined || left === 0) {
        controller.error(new TypeError('The connection broke.'))
        return
      }
      const piece = value.subarray(0, left)
      left -= piece.length
      controller.enqueue(piece)
    },
  })
  return new HttpResponse(stream, { status, headers })
}
