import type { Network } from '@s3-bg-uploader/core'

/** What browsers and their workers tell about the network. Other runtimes tell nothing. */
interface Scope {
  readonly navigator?: { readonly onLine?: boolean }
  readonly addEventListener?: (type: string, listener: () => void) => void
  readonly removeEventListener?: (type: string, listener: () => void) => void
}

/** The network as the browser sees it: `onLine` is false only where there surely is none. */
export function browserNetwork(scope: Scope): Network | undefined {
  const { navigator, addEventListener, removeEventListener } = scope
  if (typeof navigator?.onLine !== 'boolean' || !addEventListener || !removeEventListener)
    return undefined
  return {
    isOnline: () => navigator.onLine !== false,
    subscribe(listener) {
      const types = ['online', 'offline']
      for (const type of types) addEventListener.call(scope, type, listener)
      return () => {
        for (const type of types) removeEventListener.call(scope, type, listener)
      }
    },
  }
}
