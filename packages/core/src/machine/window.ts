/** How much may be in the queue of a background transport at once. */
export interface Window {
  /** Parts. */
  readonly tasks: number
  /** Bytes of these parts; one part alone may have more. */
  readonly bytes: number
}

/** What is in the queue. */
export interface InQueue {
  readonly parts: number
  readonly bytes: number
}

/** Where a part comes to stand in the queue. */
export interface Place {
  /** What has to be sent until the part is done, itself included. */
  readonly load: number
  /** When it is likely done, in milliseconds from now. */
  readonly dueMs: number
}

/** An exchange takes as long as so many more bytes, however small its part is. */
const EXCHANGE_BYTES = 64 * 1024

/** A line of 5 Mbit/s, before anything was measured: a queue may take a thousand parts. */
const ASSUMED_MS_PER_LOAD = 1 / 625

export function loadOf({ parts, bytes }: InQueue): number {
  return bytes + parts * EXCHANGE_BYTES
}

/**
 * The place that a part gets in the queue, or undefined if it has to wait outside.
 *
 * The app may be suspended before it can add another one, so the queue holds as many parts as the
 * device allows, but none that would be sent on a URL that has expired by then (guarantee 4). The
 * first `slots` of them need not wait for others, so nothing but their own size can make them late.
 */
export function placeIn(
  window: Window,
  queued: InQueue,
  msPerLoad: number | undefined,
  slots: number,
  part: { readonly bytes: number; readonly lifeMs: number },
): Place | undefined {
  const after: InQueue = { parts: queued.parts + 1, bytes: queued.bytes + part.bytes }
  if (queued.parts > 0 && after.bytes > window.bytes) return undefined
  const load = loadOf(after)
  const dueMs = load * (msPerLoad ?? ASSUMED_MS_PER_LOAD)
  // Half a life is for the time before: a URL is signed some while before its part is queued.
  return dueMs > part.lifeMs / 2 && queued.parts >= slots ? undefined : { load, dueMs }
}
