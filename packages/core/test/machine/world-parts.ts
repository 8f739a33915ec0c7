import type { SchedulerEvent } from '../../src/machine/scheduler.ts'
import type { UploadEffect } from '../../src/machine/upload-effect.ts'
import type { UploadEvent } from '../../src/machine/upload-event.ts'
import type { UploadRecord } from '../../src/machine/upload-record.ts'
import type { UploadState } from '../../src/machine/upload-state.ts'

/** Throws, with all that happened before. */
export type Violated = (what: string) => never

type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never
export type NewEvent = Timeless<UploadEvent>
export type Put = Extract<UploadEffect, { type: 'put' }>
export type Command = 'pause' | 'resume' | 'cancel' | 'retry'

/** One thing that happens to the world; numbers choose among what is possible at that moment. */
export type Step =
  /** An outstanding effect is answered, in one of the ways that fit it; `again` repeats it later. */
  | {
      readonly type: 'answer'
      readonly pick: number
      readonly how: number
      readonly again: boolean
    }
  | { readonly type: 'command'; readonly upload: number; readonly command: Command }
  /** A command from a listener: the machines have not yet heard all of each other. */
  | { readonly type: 'interrupt'; readonly upload: number; readonly command: Command }
  | { readonly type: 'network'; readonly online: boolean }
  | { readonly type: 'constraint'; readonly constrained: boolean }
  | { readonly type: 'time'; readonly ms: number }
  /** An alarm rings. */
  | { readonly type: 'ring'; readonly pick: number }
  | { readonly type: 'crash'; readonly luck: number; readonly background: boolean }

/** Work that was handed out. */
export type Job =
  | { readonly kind: 'open' }
  | { readonly kind: 'hash'; readonly ticket: number }
  | { readonly kind: 'start'; readonly ticket: number }
  | { readonly kind: 'urls'; readonly ticket: number; readonly parts: readonly number[] }
  | { readonly kind: 'list'; readonly ticket: number }
  | { readonly kind: 'complete'; readonly ticket: number; readonly uploadId: string }
  | { readonly kind: 'abort'; readonly ticket: number; readonly uploadId: string }
  | { readonly kind: 'put'; readonly put: Put; readonly uploadId: string }

export interface Outstanding {
  readonly upload: number
  readonly job: Job
  /** False once the machine lost interest; an answer may come all the same. */
  live: boolean
}

export interface Uploading {
  state: UploadState
  alarm: number
  /** What is on the disk. */
  file: { size: number; lastModified: number; exists: boolean }
  /** The transport keeps what its ref names. */
  kept: boolean
  readonly partSize: number
  /** What the journal holds. */
  record: UploadRecord | undefined
  readonly etags: Map<string, string>
  /** Multipart uploads that complete was sent for, or that the journal says so of after a crash. */
  readonly asked: Set<string>
  /** The last one that this process gave out. */
  ticket: number
}

export interface Write {
  readonly upload: number
  readonly apply: () => void
  readonly ticket: number | undefined
}

export type Message =
  | { readonly to: 'upload'; readonly upload: number; readonly event: NewEvent }
  | { readonly to: 'scheduler'; readonly event: SchedulerEvent }
