import type {
  AggregateSnapshot,
  ControlCall,
  ErrorCode,
  PartSnapshot,
  UploadFileOptions,
  UploadSnapshot,
  WaitingFor,
} from '@s3-bg-uploader/core'

/** What a tab asks of the leader. */
export type Command<TFile> =
  | { readonly type: 'uploadFile'; readonly file: TFile; readonly options: UploadFileOptions }
  | { readonly type: 'listParts'; readonly id: string }
  | { readonly type: 'all'; readonly verb: GroupVerb | 'prune' }
  | { readonly type: 'transfer'; readonly transferId: string; readonly verb: GroupVerb }
  | { readonly type: 'upload'; readonly id: string; readonly verb: UploadVerb }

export type GroupVerb = 'pause' | 'resume' | 'cancel'

export type UploadVerb = GroupVerb | 'retry' | 'forget'

/** A command that is repeated to every new leader until it is answered. */
export interface Request<TFile> {
  readonly tab: string
  /** Counts the requests of this tab: the same number is the same request. */
  readonly number: number
  /** All requests of this tab below this one are answered. */
  readonly oldest: number
  /** An earlier leader was asked too, and may have done it. */
  readonly again: boolean
  readonly command: Command<TFile>
}

/** What the leader answers; with an error the command came to nothing. */
export interface Answer<TError> {
  /** Of uploadFile. */
  readonly uploadId?: string
  /** Of listParts. */
  readonly parts?: readonly PartSnapshot[]
  readonly error?: TError
}

/** What became different since the last view, or all there is. */
export interface View<TSnapshot> {
  readonly all: AggregateSnapshot
  readonly transfers: readonly (readonly [transferId: string, AggregateSnapshot])[]
  /** Those that are new come in the order in which they were added. */
  readonly uploads: readonly TSnapshot[]
  /** Ids of forgotten uploads. */
  readonly removed: readonly string[]
  /** All ids in order, where new ones do not come last. */
  readonly order?: readonly string[]
}

/** An error as it crosses from tab to tab: clones of errors lose all that they are not born with. */
export interface ErrorMessage {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly retryable: boolean
  readonly part: number | undefined
  readonly status: number | undefined
  readonly call: ControlCall | undefined
  readonly cause: unknown
}

/** A snapshot as it crosses from tab to tab. */
export type SnapshotMessage = Omit<UploadSnapshot, 'error' | 'waitingFor'> & {
  readonly error: ErrorMessage | undefined
  readonly waitingFor:
    | (Omit<WaitingFor, 'error'> & { readonly error: ErrorMessage | undefined })
    | undefined
}

/** All that tabs say to each other. `leader` names one term of one tab. */
export type TabMessage<TFile> =
  /** To whoever leads: show me all there is. */
  | { readonly type: 'hello'; readonly nonce: string }
  /** To all: there is a new leader, say hello to it. */
  | { readonly type: 'leading'; readonly leader: string }
  /** To those who said hello. */
  | {
      readonly type: 'welcome'
      readonly leader: string
      readonly nonce: string
      readonly view: View<SnapshotMessage>
    }
  /** To all. */
  | { readonly type: 'changed'; readonly leader: string; readonly view: View<SnapshotMessage> }
  /** To the leader. */
  | { readonly type: 'request'; readonly leader: string; readonly request: Request<TFile> }
  /** To the tab that asked. */
  | {
      readonly type: 'answer'
      readonly leader: string
      readonly tab: string
      readonly number: number
      readonly answer: Answer<ErrorMessage>
    }
