import type { ForegroundSource, ForegroundTransport, PutRequest } from '@s3-bg-uploader/core'
import { onTestFinished } from 'vitest'
import { Connections } from '../src/connections.ts'
import { composeTransport } from '../src/node-transport.ts'
import { certificate } from './loopback.ts'

/** A transport that trusts the certificate of the tests and is closed after the test. */
export function testTransport(): ForegroundTransport<string | URL> {
  const transport = composeTransport(new Connections({ ca: certificate }))
  onTestFinished(() => transport.close?.())
  return transport
}

/** A source on a transport of its own. */
export async function openSource(path: string): Promise<ForegroundSource> {
  const source = await testTransport().open(path)
  onTestFinished(() => source.close())
  return source
}

/** The request to put a whole source, unless told otherwise. */
export function part(
  source: ForegroundSource,
  url: string,
  changes: Partial<PutRequest> = {},
): PutRequest {
  return {
    url,
    range: { start: 0, end: source.size },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  }
}
