import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server at an origin of its own. */
export interface Listening {
  readonly origin: string
  close(): Promise<void>
}

/** Listens on loopback, at a port that is free. */
export async function listen(listener: RequestListener): Promise<Listening> {
  // A held request is what some tests are about.
  const server = createServer({ requestTimeout: 0 }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
