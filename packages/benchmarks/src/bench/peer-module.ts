import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Loads a peer from where it was installed; `T` says what is used of it. */
export function peerModule<T>(peers: string, name: string): T {
  return createRequire(join(peers, 'package.json'))(name) as T
}
