import { type ReactElement, useSyncExternalStore } from 'react'
import { Icon } from './icons.tsx'

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** Tells that there is no network, for as long as there is none. */
export function OfflineBanner(): ReactElement {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine)
  return (
    // There all the time: screen readers speak of a change inside, not of a region that comes.
    <div role="status">
      {!online && (
        <p className="banner">
          <Icon name="offline" />
          You are offline. Uploads wait, keep what has arrived, and go on by themselves.
        </p>
      )}
    </div>
  )
}
