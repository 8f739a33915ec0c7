import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createUploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import { onTestFinished } from 'vitest'

export interface GatedBackend {
  /** The options of a command that reach it. */
  readonly options: readonly string[]
  readonly abortApi: string
  /** The names of the calls as they came; a part is its number. */
  readonly calls: (string | number)[]
  /** How many parts are taken. Those after them are not answered. */
  limit: number
  /** Answers every part with this status instead. */
  refusal: number | undefined
  /** Called when a part comes that is not answered. */
  onHeld: () => void
  objectPath(key: string): string
}

/** The real backend, which takes some parts and lets the others wait for ever. */
export async function gatedBackend(dir: string, partSize: number): Promise<GatedBackend> {
  const storage = diskStorage({ dir: join(dir, 'storage') })
  const listener = nodeListener(
    createUploadHandler({
      storage,
      authorize: () => ({ id: 'local' }),
      partSizeFor: () => partSize,
    }),
  )
  const server = createServer((request, response) => {
    const name = request.url?.split(/[/?]/)[1] ?? ''
    if (name !== 'parts') {
      gated.calls.push(name)
      return listener(request, response)
    }
    gated.calls.push(Number(/\/(\d+)\?/.exec(request.url ?? '')?.[1]))
    if (gated.refusal !== undefined) {
      request.resume()
      return refuse(response, gated.refusal)
    }
    if (gated.limit > 0) {
      gated.limit -= 1
      return listener(request, response)
    }
    request.resume()
    gated.onHeld()
  })
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const gated: GatedBackend = {
    options: [
      ...['--start', `${origin}/start`, '--urls', `${origin}/urls`],
      ...['--complete', `${origin}/complete`],
    ],
    abortApi: `${origin}/abort`,
    calls: [],
    limit: Number.POSITIVE_INFINITY,
    refusal: undefined,
    onHeld: () => {},
    objectPath: (key) => storage.objectPath(key),
  }
  return gated
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}
