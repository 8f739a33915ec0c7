import { UploadError } from '../errors.ts'
import type { Json } from '../ports.ts'
import { type Read, readStartAnswer, type StartAnswer } from './answers.ts'
import type { EndpointConfig } from './config.ts'
import {
  type Answer,
  type ControlCallPlan,
  type ControlPorts,
  makeControlCall,
} from './control-call.ts'
import { collectionUrl, findNameProblem, type MultipartName, objectUrl } from './endpoints.ts'
import { type PartUrl, readPartUrls, readStoredParts, type StoredPart } from './part-answers.ts'
import { ignoreBody, jsonReader } from './read-reply.ts'
import { ServerTime } from './server-time.ts'

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

/**
 * The backend as the contract sees it (contract §2). No method ever rejects: what went wrong is the
 * failure of the answer, and no failure shows a header's value or a URL's query. Every call has a
 * controller of its own: whoever aborts it no longer wants the answer, and the client does so where the
 * answer is too large.
 */
export interface BackendClient {
  start(request: StartRequest, controller: AbortController): Promise<Answer<StartAnswer>>
  /** In the order of `parts`. */
  urls(request: UrlsRequest, controller: AbortController): Promise<Answer<readonly PartUrl[]>>
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
            readPartUrls(answer, parts, (urls) => serverTime.now(time, urls)),
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
          read: jsonReader('list', (answer, { etag }) => readStoredParts(answer, etag)),
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

function readStarted(answer: unknown): Read<StartAnswer> {
  const result = readStartAnswer(answer)
  const problem = result.ok ? findNameProblem(result.value) : undefined
  return problem === undefined ? result : { ok: false, problem }
}
