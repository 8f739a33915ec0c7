import type {
  BackgroundTransport,
  ForegroundTransport,
  Platform,
  Store,
} from '@s3-bg-uploader/core'

/** How the simulated user names a file. */
export interface SimFileName {
  readonly path: string
}

export type SimTransport = ForegroundTransport<SimFileName> | BackgroundTransport<SimFileName>

/** What the uploader of a run is made with. */
export interface SimPorts {
  readonly transport: SimTransport
  readonly store: Store
  readonly platform: Platform
}

/**
 * A deliberate fault: puts something between the core and its ports that makes the core look as if
 * it had a bug. That every one of them is caught shows that the checks check something.
 */
export type Sabotage = (ports: SimPorts) => SimPorts
