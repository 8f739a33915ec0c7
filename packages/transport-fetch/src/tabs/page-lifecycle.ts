/** When the browser stops a page, and lets it go on. */
export interface PageLifecycle {
  subscribe(listener: (frozen: boolean) => void): () => void
}

/**
 * What the window tells: pages are frozen in the background (`freeze`, Chromium) and when they go
 * into the back/forward cache (`pagehide`). In workers, and where there is no page, nothing tells.
 */
export function pageLifecycle(
  window: Partial<EventTarget> & { readonly document?: EventTarget },
): PageLifecycle {
  const { document } = window
  return {
    subscribe(listener) {
      const freeze = (event: Event): void => {
        // Not persisted: the page ends here.
        if (!('persisted' in event) || event.persisted === true) listener(true)
      }
      const resume = (event: Event): void => {
        if (!('persisted' in event) || event.persisted === true) listener(false)
      }
      const all = [
        [document, 'freeze', freeze],
        [document, 'resume', resume],
        [window, 'pagehide', freeze],
        [window, 'pageshow', resume],
      ] as const
      for (const [target, type, hear] of all) target?.addEventListener?.(type, hear)
      return () => {
        for (const [target, type, hear] of all) target?.removeEventListener?.(type, hear)
      }
    },
  }
}
