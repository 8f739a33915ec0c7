/** What is used of React Native's `AppState`, which fits. */
export interface AppState {
  /** `active` while the app is in the foreground; unknown while the app starts. */
  readonly currentState?: string | null | undefined
  /** As React Native's. */
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void }
}

/** Calls back whenever the app has come to the foreground. Returns what ends that. */
export function onForeground(appState: AppState | undefined, look: () => void): () => void {
  const events = appState?.addEventListener('change', (state) => {
    if (state === 'active') look()
  })
  return () => events?.remove()
}
