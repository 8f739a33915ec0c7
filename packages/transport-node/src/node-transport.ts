import type { ForegroundTransport } from '@s3-bg-uploader/core'
import { BufferPool } from './buffers.ts'
import { Connections } from './connections.ts'
import { createControlFetch } from './control-fetch.ts'
import { openFileSource, reopenFileSource } from './file-source.ts'
import { putPart } from './put.ts'

/**
 * The transport of Node: files by path or file: URL, over HTTP/1.1 on kept-alive connections.
 *
 * Proxies come from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, or the same in lower case;
 * further certificate authorities from NODE_EXTRA_CA_CERTS.
 */
export function nodeTransport(): ForegroundTransport<string | URL> {
  return composeTransport(new Connections())
}

/** For tests, which bring certificates. */
export function composeTransport(connections: Connections): ForegroundTransport<string | URL> {
  const buffers = new BufferPool()
  const put = putPart.bind(undefined, { connections, buffers })
  return {
    // Twice as many as at the start, where the line is long; each one has a buffer or two.
    concurrency: 12,
    capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
    open: (file) => openFileSource(file, put),
    reopen: (ref) => reopenFileSource(ref, put),
    platform: { fetch: createControlFetch(connections) },
    close: async () => connections.close(),
  }
}
