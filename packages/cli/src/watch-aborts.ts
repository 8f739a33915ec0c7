import type { Fetch } from '@s3-bg-uploader/core'

/** Sees the abort calls go by, because closing an uploader breaks them off. */
export interface AbortWatch {
  /** To be used in place of the one that is watched. */
  readonly fetch: Fetch
  /** Resolves once so many abort calls have ended, or the time is over. */
  answered(count: number, timeoutMs: number): Promise<void>
}

export function watchAborts(fetch: Fetch, abortApi: string | undefined): AbortWatch {
  const prefix = abortApi === undefined ? undefined : new URL(abortApi)
  let ended = 0
  let onEnded = (): void => {}

  function isAbort(url: string): boolean {
    if (prefix === undefined) return false
    const { origin, pathname } = new URL(url)
    return origin === prefix.origin && pathname.startsWith(prefix.pathname)
  }

  return {
    async fetch(url, request) {
      try {
        return await fetch(url, request)
      } finally {
        if (isAbort(url)) {
          ended += 1
          onEnded()
        }
      }
    },
    answered(count, timeoutMs) {
      if (prefix === undefined || ended >= count) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        onEnded = () => {
          if (ended < count) return
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
