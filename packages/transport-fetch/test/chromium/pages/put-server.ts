import { type PlatformLimits, type PutServer, remotePutServer } from '@s3-bg-uploader/testkit'
import { pageParam } from './page-params.ts'

/** What Chromium does whatever a page asks for. */
export const browserLimits: PlatformLimits = {
  followsRedirects: true,
  connections: 5,
  resends: true,
  readsUnseen: true,
}

/** The server for the suite's parts, which runs outside. */
export function putServer(): Promise<PutServer> {
  return remotePutServer({ control: pageParam('control'), fetch: fetch.bind(globalThis) })
}
