// The machine is not an export of core, so what the mutants touch of it is written down here.

export interface Effect {
  readonly type: string
  readonly [field: string]: unknown
}

export interface MachineEvent {
  readonly type: string
  readonly now: number
  readonly [field: string]: unknown
}

export interface Part {
  readonly part: number
  readonly failed: number
}

export interface Multipart {
  readonly recordTicket: number
  readonly completeTicket: number | undefined
  readonly confirmed: unknown
  readonly parts: number
  readonly next: number
  readonly partSize: number
  readonly confirmedBytes: number
  readonly returned: readonly Part[]
  readonly ready: readonly Part[]
  readonly flights: readonly Part[]
  readonly delayed: readonly Part[]
  readonly signing: { readonly parts: readonly Part[] } | undefined
  readonly signRetryAt: number
}

export interface State {
  readonly file: {
    readonly size: number
    readonly lastModified: number | undefined
    readonly ref: string | undefined
  }
  readonly paused: boolean
  readonly outcome: string | undefined
  readonly gate: string
  readonly source: string
  readonly generation: number
  readonly hash: string | undefined
  readonly sentBytes: number
  readonly callRetryAt: number
  readonly callFailed: number
  readonly completeLost: boolean
  readonly multipart: Multipart | undefined
  readonly abandoned: readonly object[]
}

export interface Transition {
  readonly state: State
  readonly effects: readonly Effect[]
}

export type Step = (state: State, event: MachineEvent) => Transition
