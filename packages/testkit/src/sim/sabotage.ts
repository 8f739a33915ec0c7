import type {
  BackgroundTransport,
  ForegroundTransport,
  Platform,
  Store,
} from '@s3-bg-uploader/core'

/** How the simulated user names a file. */
export interface SimFileName {
  /** As `FilePlan.name`. */
  readonly path: string
}

/** A transport of the simulated world, with a background queue or without. */
export type SimTransport = ForegroundTransport<SimFileName> | BackgroundTransport<SimFileName>

/** What the uploader of a run is made with. */
export interface SimPorts {
  /** That of the simulated device. */
  readonly transport: SimTransport
  /** That of the simulated device. */
  readonly store: Store
  /** Virtual time, seeded randomness, the simulated network. */
  readonly platform: Platform
}

/**
 * A deliberate fault: puts something between the core and its ports that makes the core look as if
 * it had a bug. That every one of them is caught shows that the checks check something.
 */
export type Sabotage = (ports: SimPorts) => SimPorts
