import type { PutServer, ReceivedPut } from './put-server.ts'

/** Where a server was started with `nodePutServer`, and how to get there. */
export interface RemotePutServerOptions {
  /** `control` of that server: it must be reachable from here. */
  readonly control: string
  /** The platform's own. */
  readonly fetch: typeof fetch
}

/** Drives a server in another process, or on another machine, over HTTP. */
export async function remotePutServer(options: RemotePutServerOptions): Promise<PutServer> {
  const call = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> => {
    const response = await options.fetch(`${options.control}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`The PUT server answered ${response.status} to ${path}`)
    return response
  }
  const { origin, deadOrigin } = (await (await call('GET', 'origins')).json()) as PutServer
  return {
    origin,
    deadOrigin,
    open: async (behaviours) => (await call('POST', 'open', behaviours)).text(),
    received: async (lane) =>
      (await (await call('GET', `${lane}/received`)).json()) as ReceivedPut[],
    body: async (lane, index) =>
      new Uint8Array(await (await call('GET', `${lane}/body/${index}`)).arrayBuffer()),
    until: async (lane, index, stage) => {
      await call('GET', `${lane}/until/${index}/${stage}`)
    },
    release: async (lane) => {
      await call('POST', `${lane}/release`)
    },
    forget: async (lane) => {
      await call('POST', `${lane}/forget`)
    },
  }
}
