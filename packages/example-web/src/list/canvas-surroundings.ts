import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'

/** The width of an element in CSS pixels, 0 before it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
  matchMedia(query),
)

/** Changes when the colors of the style sheet do. */
export function useTheme(): string {
  return useSyncExternalStore(subscribe, () => queries.map(({ matches }) => matches).join())
}

function subscribe(listener: () => void): () => void {
  for (const query of queries) query.addEventListener('change', listener)
  return () => {
    for (const query of queries) query.removeEventListener('change', listener)
  }
}
