import type { CorsOptions } from './cors.ts'
import type { UploadStorage } from './storage.ts'

/** Who sends a request. */
export interface Principal {
  /** Not empty, and never given to anybody else: uploads belong to it. */
  readonly id: string
}

/** What a key can be made of. All but the principal comes from the client: trust none of it. */
export interface KeyRequest<TPrincipal extends Principal> {
  /** Who starts the upload, as `authorize` told. */
  readonly principal: TPrincipal
  /** As the client says: no path to be trusted. */
  readonly fileName: string
  /** 16 lower-case hex digits, as the client claims. */
  readonly fileHash: string
  /** Bytes. */
  readonly fileSize: number
  /** What else the client sent along. */
  readonly userParams: Readonly<Record<string, unknown>>
}

/** An upload that has just become an object. */
export interface CompletedUpload<TPrincipal extends Principal> {
  /** Whose upload it was. */
  readonly principal: TPrincipal
  /** Where the object is. */
  readonly key: string
  /** As the client knows it: with `ownedUploads` a token. */
  readonly uploadId: string
}

/** What `createUploadHandler` takes. */
export interface UploadHandlerOptions<TPrincipal extends Principal> {
  /** Where the uploads go: `diskStorage`, `ownedUploads(s3Storage(…))`, or one of your own. */
  readonly storage: UploadStorage
  /**
   * Tells who sends a control call, from its headers; must not read the body. `undefined` is answered
   * with 401, a Response is the answer, and a BackendError thrown is answered as such. Authorise by a
   * header rather than by a cookie, or check the origin too: a foreign page can make a browser send cookies.
   */
  readonly authorize: (
    request: Request,
  ) => TPrincipal | Response | undefined | Promise<TPrincipal | Response | undefined>
  /**
   * Chooses where an object shall be; a new upload to the key of an existing object replaces it.
   * Default: `{fileHash}/{random}-{sanitized fileName}`.
   *
   * This is also where a file is refused, by a BackendError: `UnsupportedMediaType` for a type that is
   * not wanted, `AlreadyExists` for a file that this principal has stored already, `Forbidden` for whatever
   * else. The contract knows no type but the extension of `fileName`, which is only what the client says.
   */
  readonly keyFor?: (file: KeyRequest<TPrincipal>) => string | Promise<string>
  /**
   * Bytes of every part but the last, for a file of `fileSize` bytes. Default: as small as keeps the
   * file within 10,000 parts, at least 8 MiB.
   */
  readonly partSizeFor?: (fileSize: number) => number
  /**
   * Called after each successful complete call, before it is answered. If it throws, the client asks
   * again, so it is called at least once for every object, and sometimes more often.
   */
  readonly onCompleted?: (upload: CompletedUpload<TPrincipal>) => void | Promise<void>
  /**
   * Gets what was thrown and is no BackendError (the client saw a 500), and each BackendError of 500 and
   * more that has a cause. Default: `console.error`.
   */
  readonly onError?: (error: unknown) => void
  /** The path that all endpoints have in front. Default: none. */
  readonly basePath?: string
  /**
   * Where clients reach the endpoints, base path included, in front of part URLs that lead back here.
   * Default: as the request for the URLs came in. Needed behind proxies that change host, scheme or path.
   */
  readonly publicUrl?: string
  /** Answers pages of other origins. Default: not. */
  readonly cors?: CorsOptions
  /**
   * Asked before each control call, once it is known who sends it: how many seconds that principal has
   * to wait, 0 to go on. Who has to wait is answered 429 with Retry-After. Default: nobody waits.
   * See `tokenBuckets`.
   */
  readonly rateLimit?: (principal: TPrincipal) => number | Promise<number>
  /** Longest body of a control call, bytes. Default: 1 MiB; 10,000 parts of a complete call are about 700 KB. */
  readonly maxBodyBytes?: number
  /** How long the body of a control call may take to arrive, seconds. Default: 60. */
  readonly bodyTimeoutSeconds?: number
  /** Longest file, bytes, as the client announces it. Default: 10,000 parts of 5 GiB, the most that S3 takes. */
  readonly maxFileSize?: number
}
