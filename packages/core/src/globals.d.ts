// The universal globals that core may touch, and no others: anything else does not compile.
// Every runtime that we support has these (React Native included); this file is not published.

interface AbortSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface AbortController {
  readonly signal: AbortSignal
  abort(): void
}

declare var AbortController: new () => AbortController
declare function setTimeout(callback: () => void, delay: number): unknown
declare function clearTimeout(timer: unknown): void
