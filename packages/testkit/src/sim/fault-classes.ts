/** Everything that may go wrong in a run. A failing run is shrunk by leaving classes out. */
export const FAULT_CLASSES = [
  /** Latencies of seconds instead of milliseconds. */
  'slow',
  /** Requests or answers vanish: nothing is heard of them. */
  'loss',
  /** Connections are refused, or break before or after the request took effect. */
  'reset',
  /** A request arrives long after its client gave up on it. */
  'late',
  /** A request arrives twice. */
  'duplicate',
  /** The network is gone for a while, and says so. */
  'offline',
  /** The network is gone for a while, and the platform does not notice. */
  'dead-network',
  /** The body of an answer is cut off. */
  'cutoff',
  /** 500, 503, 429, 408 and the like. */
  'server-error',
  /** The storage or the backend answers nothing but errors for a while. */
  'outage',
  /** 429 or 503 with Retry-After. */
  'retry-after',
  /** 5xx although the request took effect. */
  'error-after-effect',
  /** 403 on a PUT for no reason. */
  'forbidden',
  /** 401 until the headers are asked for once more, and sometimes after that. */
  'unauthorized',
  /** Answers that are not as the contract says. */
  'malformed',
  /** URLs that live for seconds. */
  'short-lived-urls',
  /** The clock of the device is wrong. */
  'skew',
  /** The servers send no Date header. */
  'no-date',
  /** The clock of the device is set while the process runs. */
  'clock-jump',
  /** PUT answers without an ETag. */
  'missing-etag',
  /** ETags are no hashes of contents, as with SSE-KMS: the same bytes get another one every time. */
  'opaque-etags',
  /** The storage forgets a multipart upload. */
  'forgotten-upload',
  /** A second complete is refused. */
  'complete-once',
  /** The backend does not pass on why the storage refused. */
  'masked-errors',
  /** The journal cannot be written. */
  'store-failure',
  /** Writes to the journal take seconds. */
  'slow-store',
  /** The process dies. */
  'crash',
  /** The uploader is closed and another one is made. */
  'reopen',
  /** A record of the journal is damaged while the process is dead. */
  'corrupt-record',
  /** A file changes. */
  'file-change',
  /** A file vanishes and comes back. */
  'file-vanish',
  /** Files cannot be opened again by another process. */
  'no-reopen',
  /** The user pauses and resumes. */
  'pause',
  /** The user cancels. */
  'cancel',
  /** The process is suspended: its timers and its answers come late. */
  'freeze',
  /** The transport says nothing about progress. */
  'no-progress',
  /** Parts are sent by a queue that outlives the process. */
  'background',
  /** Up to 30 uploads at once. */
  'many-files',
  /** The app is started once more while it runs. */
  'second-process',
  /** The transport keeps the files that it opened until it is told to release them. */
  'kept-files',
  /** Files of up to 90 parts, two at most. */
  'long-files',
  /** Two such files and few slots: one waits for the other for so long that its URLs grow old. */
  'waiting-files',
  /** Control calls take ten times as long as usual. */
  'slow-backend',
  /** The queue of the system cannot be asked what it holds. */
  'queue-failure',
  /** The storage answers 503 to more PUTs at once than it likes; files of up to 90 parts. */
  'narrow-storage',
  /** All PUTs share one line; files of up to 90 parts. */
  'shared-line',
  /** The bytes of a PUT take thirty times as long as those of others. */
  'slow-connection',
] as const

/** One of the things that may go wrong in a run. */
export type FaultClass = (typeof FAULT_CLASSES)[number]
