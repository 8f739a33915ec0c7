/**
 * Where the uploads go: S3, or something that behaves like it.
 *
 * A storage also keeps who started an upload. Every call names the caller as `owner`, and for an upload of
 * somebody else it must behave exactly as for one that does not exist, so that nobody can find out which
 * uploads there are. A storage without a place of its own to write that down, such as S3, is wrapped in
 * `ownedUploads`.
 *
 * Refusals are thrown as `BackendError`.
 */
export interface UploadStorage {
  /**
   * Starts a multipart upload. For a request that equals an earlier one whose upload is still unfinished,
   * in everything but the proposed `key` and `partSize`, it may answer that upload, so that a client that
   * lost its memory goes on with the parts it has sent already.
   *
   * @throws BackendError `InvalidRequest` when the storage cannot keep an object under that key.
   */
  create(upload: NewUpload): Promise<StartedUpload>

  /**
   * One URL for each of the part numbers, to which a client can PUT that part without further credentials
   * for a while.
   *
   * @throws BackendError `NoSuchUpload`; `InvalidRequest` for a part number outside the plan.
   */
  signParts(
    upload: UploadAddress,
    partNumbers: readonly number[],
    where: PartLocation,
  ): Promise<ReadonlyMap<number, string>>

  /**
   * Makes the object out of the parts. Repeating a call that succeeded succeeds again, because its answer
   * may have been lost.
   *
   * @param parts Ascending by part number, at least one; the handler has checked that.
   * @throws BackendError `NoSuchUpload`, `InvalidPart`, `EntityTooSmall`.
   */
  complete(upload: UploadAddress, parts: readonly PartTag[]): Promise<void>

  /**
   * The parts that are there, ascending by part number.
   *
   * @throws BackendError `NoSuchUpload`.
   */
  listParts(upload: UploadAddress): Promise<readonly StoredPart[]>

  /**
   * Forgets the upload and frees its parts.
   *
   * @throws BackendError `NoSuchUpload`.
   */
  abort(upload: UploadAddress): Promise<void>

  /**
   * Receives one part, in storages whose URLs lead back to this backend (below `PartLocation.partsUrl`).
   * The URL is all the authority there is: `authorize` is not asked. Once resolved, the part is kept; a
   * body that breaks off or is refused must leave an earlier part of the same number untouched.
   *
   * @throws BackendError `SignatureDoesNotMatch`, `AccessDenied` (expired), `NoSuchUpload`,
   * `EntityTooLarge`, `IncompleteBody`, `InvalidRequest`.
   */
  putPart?(part: IncomingPart): Promise<PartReceipt>
}

/** An upload about to start. */
export interface NewUpload {
  /** `id` of the principal. */
  readonly owner: string
  /** Where the object shall be. */
  readonly key: string
  /** As the client says: no path to be trusted. */
  readonly fileName: string
  /** XXH64 of the content as the client claims it: 16 lower-case hex digits. */
  readonly fileHash: string
  /** Bytes. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** What else the client sent along. */
  readonly userParams: Readonly<Record<string, unknown>>
}

/** What the client gets to know about its upload: the answer of startUpload, contract §2. */
export interface StartedUpload {
  /** Where the object will be. */
  readonly key: string
  /** Names the multipart upload. */
  readonly uploadId: string
  /** Bytes. */
  readonly partSize: number
}

/** An upload, as a caller names it. Nothing in it has been checked. */
export interface UploadAddress {
  /** `id` of the principal who asks. */
  readonly owner: string
  /** As the client names it. */
  readonly key: string
  /** As the client names it. */
  readonly uploadId: string
}

/** For storages whose part URLs lead back to this backend. */
export interface PartLocation {
  /** What is PUT to URLs that start with this and a slash is given to `putPart`. No slash at the end. */
  readonly partsUrl: string
}

/** One part of a complete call. */
export interface PartTag {
  /** From 1. */
  readonly partNumber: number
  /** Without the surrounding double quotes. */
  readonly etag: string
}

/** One part that the storage has. */
export interface StoredPart extends PartTag {
  /** Bytes. */
  readonly size: number
}

/** A part on its way in. */
export interface IncomingPart {
  /** What follows `partsUrl` and its slash, still percent-encoded. */
  readonly path: string
  /** The query as received, with its `?`; empty if there is none. */
  readonly search: string
  /** Bytes that the client announced, if it did. */
  readonly contentLength: number | undefined
  /** Read at most once. Throws when the client breaks off. No chunk's memory is used again. */
  readonly body: AsyncIterable<Uint8Array>
}

/** The receipt for a part. */
export interface PartReceipt {
  /** Without the surrounding double quotes. */
  readonly etag: string
}
