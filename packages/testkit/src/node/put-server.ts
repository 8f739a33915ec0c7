import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PutServer } from '../conformance/put-server.ts'
import { serveControl } from './control.ts'
import { Lanes } from './lanes.ts'

/** What `nodePutServer` takes. */
export interface NodePutServerOptions {
  /** The address to listen at. Default: 127.0.0.1. Another one lets phones in the network come too. */
  readonly host?: string
  /** Where clients reach the server, if not at `http://{host}:{port}`: scheme, host and port. */
  readonly origin?: (port: number) => string
}

/** A PUT server in this process; others drive it through `control`. */
export interface NodePutServer extends PutServer {
  /** For `remotePutServer`. */
  readonly control: string
  /** Ends all connections and stops listening. */
  close(): Promise<void>
}

/** Starts the HTTP server that the transport suite sends parts to. */
export async function nodePutServer(options: NodePutServerOptions = {}): Promise<NodePutServer> {
  const { host = '127.0.0.1', origin: originOf = (port) => `http://${host}:${port}` } = options
  const lanes = new Lanes()
  // Slow is what some cases want, and a kept-alive connection may be used again whenever.
  const server = http.createServer({ requestTimeout: 0, keepAliveTimeout: 0 })
  const port = await listen(server, host)
  const dead = http.createServer()
  const deadPort = await listen(dead, host)
  await close(dead)
  const origin = originOf(port)
  const putServer: PutServer = {
    origin,
    deadOrigin: originOf(deadPort),
    open: async (behaviours) => lanes.open(behaviours),
    received: async (lane) => lanes.get(lane).received(),
    body: async (lane, index) => lanes.get(lane).body(index),
    until: async (lane, index, stage) => lanes.get(lane).until(index, stage),
    release: async (lane) => lanes.get(lane).release(),
    forget: async (lane) => lanes.forget(lane),
  }
  server.on('request', (request, response) => {
    // Whoever breaks off is not our failure.
    request.on('error', () => {})
    response.on('error', () => {})
    // Pages may send parts and read every header of the answers.
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Retry-After, Date, X-Odd-Name')
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT')
      response.setHeader('Access-Control-Allow-Headers', '*')
      response.writeHead(204).end()
      return
    }
    const [, area, id = ''] = request.url?.split('/') ?? []
    if (area === 'lane' && lanes.has(id)) lanes.get(id).take(request, response)
    else if (area === 'control') void serveControl(putServer, request, response)
    else response.writeHead(404).end()
  })
  return {
    ...putServer,
    control: `${origin}/control`,
    close: async () => {
      const closed = close(server)
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: http.Server, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function close(server: http.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
