import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Behaviour, PutServer, Stage } from '../conformance/put-server.ts'

/** The port of the PUT server over HTTP; `remotePutServer` is the other end. */
export async function serveControl(
  server: PutServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const result = await callOf(server, request)
    if (result instanceof Uint8Array || typeof result === 'string') response.end(result)
    else if (result === undefined) response.writeHead(204).end()
    else response.end(JSON.stringify(result))
  } catch (error) {
    response.writeHead(400).end(String(error))
  }
}

async function callOf(server: PutServer, request: IncomingMessage): Promise<unknown> {
  const [, , first = '', verb, index, stage] = request.url?.split('/') ?? []
  if (first === 'origins') return { origin: server.origin, deadOrigin: server.deadOrigin }
  if (first === 'open') return server.open((await jsonOf(request)) as Behaviour[])
  switch (verb) {
    case 'received':
      return server.received(first)
    case 'body':
      return server.body(first, Number(index))
    case 'until':
      return server.until(first, Number(index), stage as Stage)
    case 'release':
      return server.release(first)
    case 'forget':
      return server.forget(first)
    default:
      throw new Error('There is nothing of that name')
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}
