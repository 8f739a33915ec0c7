// The universal globals that this package may touch, and no others: anything else does not compile.
// React Native has these on every engine; this file is not published.

interface AbortSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
