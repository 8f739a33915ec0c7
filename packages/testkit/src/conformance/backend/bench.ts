import { check, checkEqual } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Scope, Suite } from '../suite.ts'
import { type Answer, checkRefused, inWords, isSuccess, jsonOf } from './answer.ts'
import { addressUrl, collectionUrl } from './endpoint-urls.ts'
import type { BackendConformance, BackendEndpoints } from './options.ts'

let files = 0

/**
 * Looks like the XXH64 of a file that no case, and no earlier run, has uploaded: a backend may answer
 * the start of a file that it knows with an upload that has parts already.
 */
export function freshHash(): string {
  const number = Date.now() * 4096 + (++files % 4096)
  return number.toString(16).padStart(16, '0')
}

/** One part of a complete call, and of the answer of list-parts. */
export interface ListedPart {
  readonly PartNumber: number
  readonly ETag: string
  readonly Size?: number
}

/** An upload that the backend has started. */
export interface StartedUpload {
  readonly key: string
  readonly uploadId: string
  readonly partSize: number
  readonly fileSize: number
}

type Principal = 'owner' | 'other' | 'nobody'

/** A client of the contract that checks what it gets. One for each case. */
export class BackendBench {
  readonly options: BackendConformance
  readonly #endpoints: BackendEndpoints
  readonly #fileHash = freshHash()

  constructor(options: BackendConformance, endpoints: BackendEndpoints) {
    this.options = options
    this.#endpoints = endpoints
  }

  get startUrl(): string {
    return this.#slashed(this.#endpoints.startUploadApi)
  }

  get urlsUrl(): string {
    return this.#slashed(this.#endpoints.getUploadUrlsApi)
  }

  completeUrl(upload: Pick<StartedUpload, 'uploadId' | 'key'>): string {
    return addressed(this.#endpoints.completeApi, upload)
  }

  listPartsUrl(upload: Pick<StartedUpload, 'uploadId' | 'key'>): string {
    return addressed(this.#endpoints.listPartsApi, upload)
  }

  abortUrl(upload: Pick<StartedUpload, 'uploadId' | 'key'>): string {
    return addressed(this.#endpoints.abortApi, upload)
  }

  async send(url: string, init: RequestInit): Promise<Answer> {
    // Redirects are answers: a POST would arrive as a GET.
    const response = await this.options.fetch(url, { redirect: 'manual', ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** A control call. A body that is a string is sent as it is, any other as JSON. */
  async post(url: string, body: unknown, as: Principal = 'owner'): Promise<Answer> {
    const headers = await this.#headersOf(as)
    return this.send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  /** The body of a start call. */
  startBody(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    const file = { fileName: 'holiday.mov', fileHash: this.#fileHash, fileSize: 10 }
    return { ...file, ...this.options.userParams, ...changes }
  }

  async start(
    fileSize: number,
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<StartedUpload> {
    const answer = await this.post(this.startUrl, this.startBody({ fileSize, ...changes }))
    const { key, uploadId, partSize } = jsonOf(answer, 'startUpload')
    check(typeof key === 'string' && key !== '', `key should be a string: ${answer.text}`)
    check(
      typeof uploadId === 'string' && uploadId !== '',
      `uploadId should be a string: ${answer.text}`,
    )
    check(
      typeof partSize === 'number' && Number.isSafeInteger(partSize) && partSize > 0,
      `partSize should be a positive integer: ${answer.text}`,
    )
    const parts = Math.ceil(fileSize / partSize)
    check(parts <= 10_000, `S3 takes 10,000 parts, but ${fileSize} bytes would make ${parts}`)
    return { key, uploadId, partSize, fileSize }
  }

  async urls(
    { key, uploadId }: StartedUpload,
    parts: readonly number[],
  ): Promise<Readonly<Record<string, string>>> {
    const answer = await this.post(this.urlsUrl, { key, uploadId, parts })
    const { urls } = jsonOf(answer, 'getUploadUrls')
    check(typeof urls === 'object' && urls !== null, `urls should be an object: ${answer.text}`)
    for (const [part, url] of Object.entries(urls)) {
      check(typeof url === 'string', `The URL of part ${part} should be a string`)
      check(/^https?:\/\/[^/]/i.test(url), `The URL of part ${part} is not an absolute http(s) URL`)
      check(/^[\x21-\x7e]+$/.test(url), `The URL of part ${part} has characters that need encoding`)
    }
    const names = Object.keys(urls).sort((a, b) => Number(a) - Number(b))
    const asked = [...new Set(parts)].sort((a, b) => a - b).map(String)
    checkEqual(names, asked, 'the names in urls')
    return urls as Readonly<Record<string, string>>
  }

  put(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
    return this.send(url, { method: 'PUT', body: bytes })
  }

  /** Puts one part and gives its ETag as the core sends it: without the double quotes. */
  async putPart(
    upload: StartedUpload,
    partNumber: number,
    seed: number = partNumber,
  ): Promise<ListedPart> {
    const url = (await this.urls(upload, [partNumber]))[String(partNumber)]
    check(url !== undefined, `There is no URL for part ${partNumber}`)
    const answer = await this.put(url, partBytes(upload, partNumber, seed))
    check(isSuccess(answer), `The PUT of part ${partNumber} was answered ${inWords(answer)}`)
    const etag = answer.headers.get('etag') ?? ''
    check(etag !== '', `The PUT of part ${partNumber} was answered without an ETag`)
    return { PartNumber: partNumber, ETag: unquoted(etag) }
  }

  /**
   * Asks for a URL of an upload that is over, and checks that no part can be sent: the call is refused, or
   * S3 refuses the PUT. A backend that signs without asking S3 cannot know.
   */
  async checkOver({ key, uploadId }: StartedUpload, what: string): Promise<void> {
    const answer = await this.post(this.urlsUrl, { key, uploadId, parts: [1] })
    if (!isSuccess(answer)) {
      checkRefused(answer, what)
      return
    }
    const { urls } = jsonOf(answer, what)
    for (const url of Object.values(urls ?? {})) {
      const put = await this.put(String(url), patternBytes(10))
      check(!isSuccess(put), `${what} gave a URL that takes a part`)
    }
  }

  /** Starts an upload and puts all its parts. */
  async uploaded(
    fileSize: number,
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<StartedUpload & { readonly parts: readonly ListedPart[] }> {
    const upload = await this.start(fileSize, changes)
    const parts: ListedPart[] = []
    for (let part = 1; part <= partCount(upload); part++)
      parts.push(await this.putPart(upload, part))
    return { ...upload, parts }
  }

  complete(
    upload: Pick<StartedUpload, 'uploadId' | 'key'>,
    parts: readonly ListedPart[],
    as: Principal = 'owner',
  ): Promise<Answer> {
    return this.post(this.completeUrl(upload), { parts }, as)
  }

  async listed(upload: StartedUpload): Promise<readonly ListedPart[]> {
    const answer = await this.post(this.listPartsUrl(upload), {})
    const { parts } = jsonOf(answer, 'listParts')
    check(Array.isArray(parts), `parts should be an array: ${answer.text}`)
    return parts.map(({ PartNumber, ETag, Size }) => ({ PartNumber, ETag: unquoted(ETag), Size }))
  }

  /** Checks the content of an object, if the suite was told how to get at it. */
  async checkObject(upload: StartedUpload): Promise<void> {
    if (this.options.object === undefined) return
    const object = await this.options.object(upload.key)
    checkEqual(object.length, upload.fileSize, 'the number of bytes of the object')
    for (let part = 1; part <= partCount(upload); part++) {
      const expected = partBytes(upload, part, part)
      const from = (part - 1) * upload.partSize
      const same = expected.every((byte, at) => object[from + at] === byte)
      check(same, `The object does not have the bytes of part ${part}`)
    }
  }

  async #headersOf(principal: Principal): Promise<Readonly<Record<string, string>>> {
    if (principal === 'nobody') return {}
    if (principal === 'owner') return this.options.headers()
    check(this.options.otherHeaders, 'otherHeaders')
    return this.options.otherHeaders()
  }

  #slashed(api: string): string {
    return collectionUrl(api, this.options.trailingSlash !== false)
  }
}

/** Registers a case that talks to the backend. */
export function backendCases(
  suite: Suite,
  options: BackendConformance,
): (name: string, body: (bench: BackendBench, scope: Scope) => Promise<void>) => void {
  return (name, body) =>
    suite.case(name, async (scope) => {
      await body(new BackendBench(options, await options.endpoints()), scope)
    })
}

/** The number of parts; an empty file is one empty part. */
function partCount({ fileSize, partSize }: StartedUpload): number {
  return Math.max(1, Math.ceil(fileSize / partSize))
}

function partBytes(
  { fileSize, partSize }: StartedUpload,
  partNumber: number,
  seed: number,
): Uint8Array<ArrayBuffer> {
  return patternBytes(Math.min(partSize, fileSize - (partNumber - 1) * partSize), seed)
}

function addressed(
  api: string | undefined,
  upload: Pick<StartedUpload, 'uploadId' | 'key'>,
): string {
  check(api !== undefined, 'The suite was told of an endpoint whose URL it was not given')
  return addressUrl(api, upload)
}

function unquoted(etag: unknown): string {
  check(typeof etag === 'string', `An ETag should be a string: ${JSON.stringify(etag)}`)
  return etag.replace(/^"(.*)"$/, '$1')
}
