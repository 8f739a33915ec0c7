import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

// What these tests say of connections must not depend on where they run.
for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
  delete process.env[name]
  delete process.env[name.toUpperCase()]
}

/** Made by openssl for localhost, 127.0.0.1 and ::1; valid until 2120. */
export const certificate: string = fixture('loopback.cert.pem')
const certificateKey: string = fixture('loopback.key.pem')

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}

/** Serves HTTP until the test ends. Resolves with the origin. */
export async function serve(
  listener: http.RequestListener,
  configure: (server: http.Server) => void = () => {},
): Promise<string> {
  const server = http.createServer(listener)
  configure(server)
  return `http://${await listen(server)}`
}

/** Serves HTTPS until the test ends. Resolves with the origin. */
export async function serveSecurely(
  listener: http.RequestListener,
  configure: (server: https.Server) => void = () => {},
): Promise<string> {
  const server = https.createServer({ cert: certificate, key: certificateKey }, listener)
  configure(server)
  return `https://${await listen(server)}`
}

/** Serves bare connections until the test ends. Resolves with `host:port`. */
export async function serveRaw(onSocket: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  return listen(server)
}

async function listen(server: net.Server, host = '127.0.0.1'): Promise<string> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `${host}:${(server.address() as AddressInfo).port}`
}

/** The whole body of a request. */
export async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A promise to be settled from outside, for the order of things across a connection. */
export function signpost<T = void>(): {
  readonly reached: Promise<T>
  reach(value: T): void
} {
  let reach!: (value: T) => void
  const reached = new Promise<T>((resolve) => {
    reach = resolve
  })
  return { reached, reach }
}
