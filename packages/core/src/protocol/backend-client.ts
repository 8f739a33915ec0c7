import { type ControlCall, UploadError } from '../errors.ts'
import type { Json } from '../ports.ts'
import {
  describeMismatch,
  type Read,
  readListAnswer,
  readStartAnswer,
  readUrlsAnswer,
  type StartAnswer,
} from './answers.ts'
import type { EndpointConfig } from './config.ts'
import {
  type Answer,
  type ControlCallPlan,
  type ControlPorts,
  type ControlReply,
  makeControlCall,
} from './control-call.ts'
import { collectionUrl, findNameProblem, type MultipartName, objectUrl } from './endpoints.ts'
import { normalizeEtag } from './etag.ts'
import { readTimes, type UrlTimes } from './expiry.ts'
import { isHttpUrl } from './http-url.ts'
import { type AnswerTime, ServerTime } from './server-time.ts'
import { CALL_NAMES } from './status-failure.ts'

/** Enough to see what is wrong with the rest. */
const MOST_NAMED = 10

/** What startUpload is told about a file. */
export interface StartRequest {
  readonly fileName: string
  readonly fileHash: string
  /** Bytes. */
  readonly fileSize: number
  /** As `checkUserParams` lets through. */
  readonly userParams?: { readonly [name: string]: Json } | undefined
}

/** Part numbers, 1-based. */
export interface UrlsRequest extends MultipartName {
  readonly parts: readonly number[]
}

/** All parts, in any order: they are sent in ascending order. */
export interface CompleteRequest extends MultipartName {
  readonly parts: readonly { readonly part: number; readonly etag: string }[]
}

/** A presigned URL, to be used exactly as it is. */
export interface SignedPart {
  readonly part: number
  readonly url: string
  /** Milliseconds for which it is good from now on, where that is known. Negative when expired. */
  readonly lifeMs: number | undefined
}

/** A part that the storage has. */
export interface StoredPart {
  readonly part: number
  readonly etag: string
  /** Bytes. */
  readonly size: number
}

/**
 * The backend as the contract sees it (contract §2). No method ever rejects: what went wrong is the
 * failure of the answer, and no failure shows a header's value or a URL's query. Every call has a
 * controller of its own: whoever aborts it no longer wants the answer, and the client does so where the
 * answer is too large.
 */
export interface BackendClient {
  start(request: StartRequest, controller: AbortController): Promise<Answer<StartAnswer>>
  /** In the order of `parts`. */
  urls(request: UrlsRequest, controller: AbortController): Promise<Answer<readonly SignedPart[]>>
  complete(request: CompleteRequest, controller: AbortController): Promise<Answer<void>>
  /** Ascending. Fails with `config_invalid` where `listPartsApi` is not configured. */
  list(name: MultipartName, controller: AbortController): Promise<Answer<readonly StoredPart[]>>
  /** Fails with `config_invalid` where `abortApi` is not configured. */
  abort(name: MultipartName, controller: AbortController): Promise<Answer<void>>
}

export function createBackendClient(ports: ControlPorts): BackendClient {
  const make = <T>(plan: ControlCallPlan<T>, controller: AbortController) =>
    makeControlCall(ports, plan, controller)
  const serverTime = new ServerTime(ports.clock)
  return {
    start: (request, controller) =>
      make(
        {
          call: 'start',
          request: (config) => ({
            url: collectionUrl(config.startUploadApi, config),
            body: startBody(request),
          }),
          read: jsonReader('start', readStarted),
        },
        controller,
      ),
    urls: ({ key, uploadId, parts }, controller) =>
      make(
        {
          call: 'urls',
          request: (config) => ({
            url: collectionUrl(config.getUploadUrlsApi, config),
            body: JSON.stringify({ key, uploadId, parts }),
          }),
          read: jsonReader('urls', (answer, _, time) =>
            readSignedParts(answer, parts, (urls) => serverTime.now(time, urls)),
          ),
        },
        controller,
      ),
    complete: ({ parts, ...name }, controller) =>
      make(
        {
          call: 'complete',
          request: (config) => ({
            url: objectUrl(config.completeApi, name),
            body: completeBody(parts),
          }),
          read: ignoreBody,
        },
        controller,
      ),
    list: (name, controller) =>
      make(
        {
          call: 'list',
          request: (config) => ({
            url: objectUrl(configured(config, 'listPartsApi'), name),
            body: NO_BODY,
          }),
          read: jsonReader('list', readStoredParts),
        },
        controller,
      ),
    abort: (name, controller) =>
      make(
        {
          call: 'abort',
          request: (config) => ({
            url: objectUrl(configured(config, 'abortApi'), name),
            body: NO_BODY,
          }),
          read: ignoreBody,
        },
        controller,
      ),
  }
}

/** Not empty, since some frameworks refuse an empty body that calls itself JSON. */
const NO_BODY = '{}'

/** Entry by entry, so that names such as `7` or `constructor` change neither order nor fields. */
function startBody({ fileName, fileHash, fileSize, userParams = {} }: StartRequest): string {
  const contract = { fileName, fileHash, fileSize }
  const extra = Object.entries(userParams).filter(([name]) => !Object.hasOwn(contract, name))
  const fields = [...Object.entries(contract), ...extra]
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
}

function completeBody(parts: CompleteRequest['parts']): string {
  const ascending = [...parts].sort((a, b) => a.part - b.part)
  return JSON.stringify({
    parts: ascending.map(({ part, etag }) => ({ PartNumber: part, ETag: etag })),
  })
}

function configured(config: EndpointConfig, name: 'listPartsApi' | 'abortApi'): string {
  const url = config[name]
  if (url === undefined) throw new UploadError('config_invalid', `${name} is not configured`)
  return url
}

/** Any 2xx will do. The body is read all the same, so that the connection can be used again. */
async function ignoreBody(reply: ControlReply): Promise<Answer<void>> {
  await reply.text().catch(() => undefined)
  return { ok: true, value: undefined }
}

function jsonReader<T>(
  call: ControlCall,
  read: (answer: unknown, config: EndpointConfig, time: AnswerTime) => Read<T>,
): ControlCallPlan<T>['read'] {
  return async (reply, config) => {
    const json = parseJson(await reply.text(), reply.mediaType)
    const result = json.ok ? read(json.value, config, reply.time) : json
    if (result.ok) return result
    const { status } = reply
    const message = `${CALL_NAMES[call]} answered ${status}, but ${result.problem}`
    return { ok: false, failure: { kind: 'unusable', code: 'response_invalid', status, message } }
  }
}

/** The problem shows nothing of the body, which may hold presigned URLs. */
function parseJson(text: string | undefined, mediaType = 'no content type'): Read<unknown> {
  if (text === undefined) return { ok: false, problem: 'the body is larger than 8 MiB' }
  if (text.trim() === '') return { ok: false, problem: `the body is empty (${mediaType})` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, problem: `the body is not JSON (${mediaType})` }
  }
}

function readStarted(answer: unknown): Read<StartAnswer> {
  const result = readStartAnswer(answer)
  const problem = result.ok ? findNameProblem(result.value) : undefined
  return problem === undefined ? result : { ok: false, problem }
}

function readSignedParts(
  answer: unknown,
  parts: readonly number[],
  serverNowBy: (urls: readonly UrlTimes[]) => number,
): Read<readonly SignedPart[]> {
  const result = readUrlsAnswer(answer)
  if (!result.ok) return result
  const { urls } = result.value
  const missing = parts.filter((part) => !Object.hasOwn(urls, String(part)))
  if (missing.length > 0) return { ok: false, problem: `urls: no URL for ${nameParts(missing)}` }
  const asked: (UrlTimes & { readonly part: number; readonly url: string })[] = []
  for (const part of parts) {
    const url = urls[String(part)]
    if (!isHttpUrl(url))
      return { ok: false, problem: describeMismatch(['urls', part], 'http(s) URL', url) }
    asked.push({ part, url, ...readTimes(url) })
  }
  const serverNow = serverNowBy(asked)
  const signed = asked.map(({ part, url, expiresAt }): SignedPart => {
    return { part, url, lifeMs: expiresAt === undefined ? undefined : expiresAt - serverNow }
  })
  return { ok: true, value: signed }
}

function nameParts(parts: readonly number[]): string {
  const named = parts.slice(0, MOST_NAMED).join(', ')
  const more = parts.length - MOST_NAMED
  return `part${parts.length > 1 ? 's' : ''} ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** Entries that contradict each other are left out: that part is sent again, which is safe. */
function readStoredParts(
  answer: unknown,
  { etag: mode }: EndpointConfig,
): Read<readonly StoredPart[]> {
  const result = readListAnswer(answer)
  if (!result.ok) return result
  const stored = new Map<number, StoredPart | undefined>()
  for (const { PartNumber: part, ETag, Size: size } of result.value.parts) {
    const etag = normalizeEtag(ETag, mode)
    const known = stored.get(part)
    const agrees = !stored.has(part) || (known?.etag === etag && known?.size === size)
    stored.set(part, etag !== undefined && agrees ? { part, etag, size } : undefined)
  }
  const parts = [...stored.values()].filter((entry) => entry !== undefined)
  return { ok: true, value: parts.sort((a, b) => a.part - b.part) }
}
