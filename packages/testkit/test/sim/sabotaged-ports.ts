import type { FetchRequest, ForegroundSource, Store } from '@s3-bg-uploader/core'
import type { Sabotage, SimPorts } from '@s3-bg-uploader/testkit/sim'

/** Makes the core look as if it had a bug, by what stands between it and its ports. */
export const SABOTAGED_PORTS: Readonly<Record<string, Sabotage>> = {
  'part records are not written': withStore((store) => ({
    ...store,
    write: (batch) => store.write(batch.filter(({ key }) => !key.startsWith('p/'))),
  })),
  'the journal calls durable what is not': withStore((store) => ({
    ...store,
    async write(batch) {
      store.write(batch).catch(() => {})
    },
  })),
  'old part records are not deleted': withStore((store) => ({
    ...store,
    write: (batch) =>
      store.write(batch.filter(({ key, value }) => value !== undefined || key.startsWith('u/'))),
  })),
  'cancelled uploads are not deleted': withStore((store) => ({
    ...store,
    write: (batch) =>
      store.write(batch.filter(({ key, value }) => value !== undefined || key.startsWith('p/'))),
  })),
  'some records are overlooked at the start': withStore((store) => ({
    ...store,
    read: async () => (await store.read()).slice(1),
  })),
  'corrupt records are thrown away unseen': withStore((store) => ({
    ...store,
    read: async () =>
      (await store.read()).filter(([key, value]) => !key.startsWith('u/') || value.endsWith('}')),
  })),
  'the journal holds presigned URLs': withStore((store) => ({
    ...store,
    write: (batch) =>
      store.write(batch.map((c) => (c.value ? { ...c, value: `${c.value}S3CRET` } : c))),
  })),
  'the journal lets a second process in': withStore((store) => ({
    ...store,
    read: () => store.read().catch(() => []),
  })),
  'the journal is given back too early': withStore((store) => ({
    ...store,
    async read() {
      const records = await store.read()
      await store.close()
      return records
    },
  })),
  'the journal is never given back': withStore((store) => ({ ...store, close: async () => {} })),
  'complete is sent twice': withFetch((send, url, request) => {
    if (url.includes('/complete/')) void send(url, request).catch(() => {})
    return send(url, request)
  }),
  'complete is sent unsorted': withCompletedParts((parts) => [...parts].reverse()),
  'complete leaves the last part out': withCompletedParts((parts) =>
    parts.length > 1 ? parts.slice(0, -1) : parts,
  ),
  'complete leaves the first part out': withCompletedParts((parts) => parts.slice(1)),
  'a number is asked for twice': withFetch((send, url, request) =>
    send(url, { ...request, body: request.body.replace(/"parts":\[(\d+)/, '"parts":[$1,$1') }),
  ),
  'ranges are off by one': withPut((put, request) => {
    const { start, end } = request.range
    return put({ ...request, range: { start, end: Math.max(start, end - 1) } })
  }),
  'presigned URLs are rewritten': withPut((put, request) =>
    put({ ...request, url: request.url.replaceAll('(', '%28') }),
  ),
  'parts are put twice': withPut((put, request) => {
    void put(request).catch(() => {})
    return put(request)
  }),
  'what was given up goes on': withPut((put, request) =>
    put({ ...request, signal: new AbortController().signal }),
  ),
  'ETags of parts are mixed up': (() => {
    let last = '"none"'
    return withPut(async (put, request) => {
      const { status, headers } = await put(request)
      const etag = headers.etag ?? headers.ETag
      if (etag === undefined) return { status, headers }
      const before = last
      last = etag
      return { status, headers: { etag: before } }
    })
  })(),
  'time runs ten times too fast': (ports) => {
    const { clock } = ports.platform
    const now = (): number => clock.now() * 10
    const setTimer: typeof clock.setTimer = (callback, ms) => clock.setTimer(callback, ms / 10)
    return { ...ports, platform: { ...ports.platform, clock: { ...clock, now, setTimer } } }
  },
  'every file has the same hash': (ports) => {
    const state = { update: () => {}, digest: () => '0123456789abcdef' }
    const hasher = { create: async () => state }
    return { ...ports, platform: { ...ports.platform, hasher } }
  },
  'failures are reported as they come': withStore((store) => ({
    ...store,
    write: (batch) =>
      store.write(batch).catch((cause: unknown) => {
        // Stays without anybody to handle it.
        void Promise.reject(cause)
      }),
  })),
  'all kept files are freed at the start': (ports) => {
    const { transport } = ports
    const { retain } = transport
    if (retain === undefined) return ports
    return { ...ports, transport: { ...transport, retain: () => retain([]) } }
  },
  'files are not closed': withSource((source) => withMethod(source, 'close', async () => {})),
}

function withStore(change: (store: Store) => Store): Sabotage {
  return (ports) => ({ ...ports, store: change(ports.store) })
}

type Send = SimPorts['platform']['fetch']

function withFetch(
  change: (send: Send, url: string, request: FetchRequest) => ReturnType<Send>,
): Sabotage {
  return (ports) => {
    const send = ports.platform.fetch
    const fetch: Send = (url, request) => change(send, url, request)
    return { ...ports, platform: { ...ports.platform, fetch } }
  }
}

function withCompletedParts(change: (parts: readonly unknown[]) => readonly unknown[]): Sabotage {
  return withFetch((send, url, request) => {
    if (!url.includes('/complete/')) return send(url, request)
    const { parts } = JSON.parse(request.body) as { readonly parts: readonly unknown[] }
    return send(url, { ...request, body: JSON.stringify({ parts: change(parts) }) })
  })
}

/** Foreground transports only: a queue of the system's opens its files by itself. */
function withSource(change: (source: ForegroundSource) => ForegroundSource): Sabotage {
  return (ports) => {
    const { transport } = ports
    if (transport.capabilities.background || !('open' in transport)) return ports
    const { reopen } = transport
    type Open = (name: never) => Promise<ForegroundSource>
    const changed = (open: unknown): Open => {
      return async (name) => change(await (open as Open)(name))
    }
    return {
      ...ports,
      transport: {
        ...transport,
        open: changed(transport.open),
        ...(reopen && { reopen: changed(reopen) }),
      } as SimPorts['transport'],
    }
  }
}

type Put = ForegroundSource['put']

function withPut(change: (put: Put, request: Parameters<Put>[0]) => ReturnType<Put>): Sabotage {
  return withSource((source) => {
    const put: Put = (request) => source.put(request)
    const changed = (request: Parameters<Put>[0]): ReturnType<Put> => change(put, request)
    return withMethod(source, 'put', changed)
  })
}

function withMethod(source: ForegroundSource, method: string, changed: unknown): ForegroundSource {
  return new Proxy(source, {
    get: (target, name) => {
      if (name === method) return changed
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
