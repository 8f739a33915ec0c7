import type { UploadEffect } from '../machine/upload-effect.ts'
import type { UploadEvent } from '../machine/upload-event.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { Source } from '../ports.ts'

/** One upload in the engine: its state, and what is open or under way for it. */
export interface Entry {
  state: UploadState
  source: Source | undefined
  hashing: AbortController | undefined
  /** Control calls under way, by ticket. */
  calls: Map<number, AbortController> | undefined
  cancelAlarm: (() => void) | undefined
}

export function newEntry(state: UploadState, source: Source | undefined): Entry {
  return { state, source, hashing: undefined, calls: undefined, cancelAlarm: undefined }
}

type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never

/** An event of the upload machine, before the engine adds the time. */
export type NewEvent = Timeless<UploadEvent>

/** How the results of effects come back: only as events. */
export type Post = (id: string, event: NewEvent) => void

export type EffectOf<T extends string> = Extract<UploadEffect, { type: T }>
