import type { Network } from '@s3-bg-uploader/core'

/** What is used of `@react-native-community/netinfo`; its default export fits. */
export interface NetInfo {
  addEventListener(listener: (state: NetInfoState) => void): () => void
  fetch(): Promise<NetInfoState>
}

export interface NetInfoState {
  readonly isConnected: boolean | null
}

/**
 * The network as the device sees it: offline only where there surely is none. Whether the Internet
 * can be reached is not asked: NetInfo tries a server that some countries and companies block.
 */
export class DeviceNetwork implements Network {
  readonly #netInfo: NetInfo | undefined
  readonly #listeners = new Set<() => void>()
  #online = true
  #stop: (() => void) | undefined

  constructor(netInfo: NetInfo | undefined) {
    this.#netInfo = netInfo
  }

  isOnline(): boolean {
    return this.#online
  }

  subscribe(listener: () => void): () => void {
    // A function of its own each time, so that nobody ends the subscription of another.
    const entry = (): void => listener()
    this.#listeners.add(entry)
    this.#stop ??= this.#netInfo?.addEventListener((state) => this.#note(state))
    return () => {
      this.#listeners.delete(entry)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }

  /** Asks anew: events may have been lost. */
  async look(): Promise<void> {
    if (this.#netInfo !== undefined) this.#note(await this.#netInfo.fetch())
  }

  #note({ isConnected }: NetInfoState): void {
    const online = isConnected !== false
    if (online === this.#online) return
    this.#online = online
    for (const listener of [...this.#listeners]) listener()
  }
}
