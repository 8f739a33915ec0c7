import type { Network } from '@s3-bg-uploader/core'
import type { NativeModule } from './native-module.ts'

/** What is used of `@react-native-community/netinfo`; its default export fits. */
export interface NetInfo {
  /** As NetInfo's. Returns what ends it. */
  addEventListener(listener: (state: NetInfoState) => void): () => void
  /** As NetInfo's. */
  fetch(): Promise<NetInfoState>
}

/** What is used of a state of NetInfo. */
export interface NetInfoState {
  /** Null where it is not known, which counts as connected. */
  readonly isConnected: boolean | null
}

/**
 * The network as the device sees it: offline only where there surely is none. Whether the Internet
 * can be reached is not asked: NetInfo tries a server that some countries and companies block.
 * Whether a constraint is broken is what the native side says, since it is what holds the parts.
 */
export class DeviceNetwork implements Network {
  readonly #native: Pick<NativeModule, 'isConstrained' | 'onConstrained'>
  readonly #netInfo: NetInfo | undefined
  readonly #listeners = new Set<() => void>()
  #online = true
  #constrained = false
  #stops: readonly (() => void)[] = []

  constructor(
    native: Pick<NativeModule, 'isConstrained' | 'onConstrained'>,
    netInfo: NetInfo | undefined,
  ) {
    this.#native = native
    this.#netInfo = netInfo
  }

  isOnline(): boolean {
    return this.#online
  }

  isConstrained(): boolean {
    return this.#constrained
  }

  subscribe(listener: () => void): () => void {
    // A function of its own each time, so that nobody ends the subscription of another.
    const entry = (): void => listener()
    if (this.#listeners.size === 0) this.#watch()
    this.#listeners.add(entry)
    return () => {
      this.#listeners.delete(entry)
      if (this.#listeners.size > 0) return
      for (const stop of this.#stops) stop()
      this.#stops = []
    }
  }

  /** Asks anew: events may have been lost. */
  async look(): Promise<void> {
    const [constrained, state] = await Promise.all([
      this.#native.isConstrained(),
      this.#netInfo?.fetch(),
    ])
    this.#note(isOnline(state), constrained)
  }

  #watch(): void {
    const constraint = this.#native.onConstrained((constrained) =>
      this.#note(this.#online, constrained),
    )
    const stop = this.#netInfo?.addEventListener((state) =>
      this.#note(isOnline(state), this.#constrained),
    )
    this.#stops = [() => constraint.remove(), () => stop?.()]
  }

  #note(online: boolean, constrained: boolean): void {
    if (online === this.#online && constrained === this.#constrained) return
    this.#online = online
    this.#constrained = constrained
    for (const listener of [...this.#listeners]) listener()
  }
}

function isOnline(state: NetInfoState | undefined): boolean {
  return state?.isConnected !== false
}
