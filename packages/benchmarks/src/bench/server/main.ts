/**
 * The server of the benchmarks, in a process of its own and as cheap as Node allows, so that what is
 * measured is the client: storage for presigned URLs and for S3 SDKs, the contract's control calls,
 * and tus where that is installed. Its only argument are `ServerSettings` in JSON. It tells its port,
 * then answers every message with the `Traffic` since the last one.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { answerControlCall } from './backend.ts'
import { readCertificate } from './certificate.ts'
import { DistantSocket } from './distant-socket.ts'
import type { ServerSettings } from './settings.ts'
import { answerPut, answerS3 } from './storage.ts'
import { TrafficMeter } from './traffic-meter.ts'
import { tusListener } from './tus.ts'

const settings = JSON.parse(process.argv[2] ?? '') as ServerSettings
const meter = new TrafficMeter(settings.rttMs)
const tus = settings.peers === undefined ? undefined : tusListener(settings.peers, meter)

function answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
  const { url = '', method } = request
  if (tus !== undefined && url.startsWith('/files')) return tus(request, response)
  if (!url.startsWith('/bucket')) return answerControlCall(request, response, settings)
  if (method === 'PUT') return answerPut(request, response, settings, meter)
  return answerS3(request, response)
}

async function listen(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await answer(request, response)
  } catch (error) {
    // The client went away, or sent what this server does not know: both end its exchange.
    if (!request.destroyed) console.error(error)
    response.destroy()
  }
}

const server = settings.secure
  ? https.createServer(readCertificate(), listen)
  : http.createServer(listen)
// A slow client is for the client to explain, not for the server to end.
server.requestTimeout = 0
server.keepAliveTimeout = 60_000
const { rttMs } = settings
const front =
  rttMs > 0
    ? net.createServer((socket) => server.emit('connection', new DistantSocket(socket, rttMs)))
    : server
front.listen(0, '127.0.0.1', () => {
  const address = front.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
process.on('message', () => process.send?.(meter.take()))
process.on('disconnect', () => process.exit())
