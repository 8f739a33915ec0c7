import { BackendError } from './backend-error.ts'
import { allowOrigin, preflightResponse } from './cors.ts'
import { defaultKey } from './default-key.ts'
import { defaultPartSize, MAX_PARTS } from './default-part-size.ts'
import { jsonErrorResponse, toBackendError, xmlErrorResponse } from './error-response.ts'
import { quoteEtag, unquoteEtag } from './etag.ts'
import type { Principal, UploadHandlerOptions } from './handler-options.ts'
import { assertPortableKey } from './portable-key.ts'
import { readJson } from './read-json.ts'
import { parseComplete, parseStart, parseUrls } from './request-schemas.ts'
import { matchPart, matchRoute, normalizeBasePath, type Route } from './route.ts'

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024

/** Enough for the longest of bodies at 20 KB/s. */
const DEFAULT_BODY_TIMEOUT_SECONDS = 60

/** The most that S3 takes: 10,000 parts of 5 GiB. */
const DEFAULT_MAX_FILE_SIZE = MAX_PARTS * 5 * 1024 ** 3

/** A request for a part URL, free of web streams; see `UploadHandler.servePart`. */
export interface PartRequest {
  /** `PUT`, or `OPTIONS` of a page that asks first. */
  readonly method: string
  /** As the client called it, with its query. */
  readonly url: URL
  /** Looked up by lower-case names. */
  readonly headers: Pick<Headers, 'get'>
  /** Throws when the client breaks off. No chunk's memory is used again. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Serves the endpoints. Never rejects. */
export interface UploadHandler {
  (request: Request): Promise<Response>
  /**
   * A seam for servers that have request bodies in another form than a web stream: turning every part
   * into one costs more than all the rest. `undefined` means that the request is not for a part URL:
   * nothing was read, and the handler itself is to be called. `nodeListener` uses this.
   */
  readonly servePart: (request: PartRequest) => Promise<Response> | undefined
}

/**
 * The control endpoints of contract §2 as one web-standard function:
 *
 * `POST {base}/start`, `POST {base}/urls`, `POST {base}/complete/{uploadId}/{key}`,
 * `POST {base}/list-parts/{uploadId}/{key}`, `POST {base}/abort/{uploadId}/{key}`, each with or without a
 * slash at the end, and `PUT {base}/parts/...` for storages that receive parts themselves.
 *
 * Refusals are JSON, `{ "code", "message" }`, and those of part URLs XML as in S3. An upload belongs to
 * the principal that started it; for everybody else it does not exist.
 *
 * @throws RangeError for a limit that is no positive integer.
 */
export function createUploadHandler<TPrincipal extends Principal>(
  options: UploadHandlerOptions<TPrincipal>,
): UploadHandler {
  const { storage, authorize, cors } = options
  const keyFor = options.keyFor ?? defaultKey
  const partSizeFor = options.partSizeFor ?? defaultPartSize
  const basePath = normalizeBasePath(options.basePath ?? '')
  const publicUrl = options.publicUrl?.replace(/\/+$/, '')
  const maxFileSize = limit('maxFileSize', options.maxFileSize ?? DEFAULT_MAX_FILE_SIZE)
  const bodyLimits = {
    maxBytes: limit('maxBodyBytes', options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES),
    timeoutSeconds: limit(
      'bodyTimeoutSeconds',
      options.bodyTimeoutSeconds ?? DEFAULT_BODY_TIMEOUT_SECONDS,
    ),
  }

  function report(error: unknown): void {
    try {
      if (options.onError === undefined) console.error(error)
      else options.onError(error)
    } catch {
      // Whoever asked still gets an answer.
    }
  }

  async function start(request: Request, principal: TPrincipal): Promise<Response> {
    const file = parseStart(await readJson(request, bodyLimits))
    if (file.fileSize > maxFileSize) {
      throw new BackendError('EntityTooLarge', `Files may have up to ${maxFileSize} bytes.`)
    }
    const partSize = partSizeFor(file.fileSize)
    if (
      !Number.isSafeInteger(partSize) ||
      partSize < 1 ||
      Math.ceil(file.fileSize / partSize) > MAX_PARTS
    ) {
      throw new Error(`partSizeFor(${file.fileSize}) must not be ${partSize}.`)
    }
    const key = await keyFor({ principal, ...file })
    assertPortableKey(key)
    const started = await storage.create({ owner: principal.id, key, partSize, ...file })
    return json({ key: started.key, uploadId: started.uploadId, partSize: started.partSize })
  }

  async function urls(request: Request, principal: TPrincipal): Promise<Response> {
    const { key, uploadId, parts } = parseUrls(await readJson(request, bodyLimits))
    const base = publicUrl ?? new URL(request.url).origin + basePath
    const asked = [...new Set(parts)]
    const signed = await storage.signParts({ owner: principal.id, key, uploadId }, asked, {
      partsUrl: `${base}/parts`,
    })
    return json({ urls: Object.fromEntries(signed) })
  }

  async function complete(
    request: Request,
    principal: TPrincipal,
    { key, uploadId }: { readonly key: string; readonly uploadId: string },
  ): Promise<Response> {
    const body = parseComplete(await readJson(request, bodyLimits))
    const parts = body.parts.map(({ PartNumber, ETag }) => ({
      partNumber: PartNumber,
      etag: unquoteEtag(ETag),
    }))
    let previous = 0
    for (const { partNumber } of parts) {
      if (partNumber <= previous) {
        throw new BackendError(
          'InvalidPartOrder',
          'The parts must be in ascending order, each once.',
        )
      }
      previous = partNumber
    }
    await storage.complete({ owner: principal.id, key, uploadId }, parts)
    await options.onCompleted?.({ principal, key, uploadId })
    return json({ key })
  }

  async function control(request: Request, route: Route): Promise<Response> {
    const principal = (await authorize(request)) ?? undefined
    if (principal === undefined) {
      throw new BackendError('Unauthorized', 'Valid credentials are needed.')
    }
    if (principal instanceof Response) return principal
    if (typeof principal.id !== 'string' || principal.id === '') {
      throw new Error('authorize must answer a principal whose id is a string that is not empty.')
    }
    const waitSeconds = (await options.rateLimit?.(principal)) ?? 0
    if (waitSeconds > 0) {
      throw new BackendError('TooManyRequests', 'There were too many requests. Ask again later.', {
        retryAfterSeconds: waitSeconds,
      })
    }
    switch (route.name) {
      case 'start':
        return start(request, principal)
      case 'urls':
        return urls(request, principal)
      case 'complete':
        return complete(request, principal, route)
      case 'list-parts': {
        const { key, uploadId } = route
        const parts = await storage.listParts({ owner: principal.id, key, uploadId })
        return json({
          parts: parts.map(({ partNumber, etag, size }) => ({
            PartNumber: partNumber,
            ETag: quoteEtag(etag),
            Size: size,
          })),
        })
      }
      case 'abort': {
        const { key, uploadId } = route
        await storage.abort({ owner: principal.id, key, uploadId })
        return new Response(null, { status: 204 })
      }
    }
  }

  async function answerControl(request: Request, url: URL): Promise<Response> {
    try {
      const route = matchRoute(url.pathname, basePath)
      if (route === undefined) throw new BackendError('NotFound', 'There is nothing at this path.')
      if (request.method !== 'POST') {
        const refusal = new BackendError('MethodNotAllowed', 'Only POST is served here.')
        return jsonErrorResponse(refusal, { allow: 'POST' })
      }
      return await control(request, route)
    } catch (thrown) {
      return jsonErrorResponse(toBackendError(thrown, report))
    }
  }

  async function answerPart(request: PartRequest, path: string): Promise<Response> {
    if (request.method !== 'PUT') {
      const refusal = new BackendError('MethodNotAllowed', 'Only PUT is served here.')
      return xmlErrorResponse(refusal, { allow: 'PUT' })
    }
    try {
      const receipt = await storage.putPart?.({
        path,
        search: request.url.search,
        contentLength: contentLength(request.headers),
        body: request.body,
      })
      if (receipt === undefined) {
        throw new BackendError('NotFound', 'There is nothing at this path.')
      }
      return new Response(null, { headers: { etag: quoteEtag(receipt.etag) } })
    } catch (thrown) {
      return xmlErrorResponse(toBackendError(thrown, report))
    }
  }

  /** Runs `answer` unless a preflight is all that is asked, and lets other origins see the result. */
  async function withCors(
    request: { readonly method: string; readonly headers: Pick<Headers, 'get'> },
    answer: () => Promise<Response>,
  ): Promise<Response> {
    if (cors === undefined) return answer()
    const given = preflightResponse(request.method, request.headers) ?? (await answer())
    // A copy, since the headers of a Response that `authorize` answered may be immutable.
    const response = new Response(given.body, given)
    allowOrigin(response, request.headers, cors)
    return response
  }

  function servePart(request: PartRequest): Promise<Response> | undefined {
    const path = matchPart(request.url.pathname, basePath)
    if (path === undefined || storage.putPart === undefined) return undefined
    return withCors(request, () => answerPart(request, path))
  }

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const { method, headers } = request
    const part = servePart({ method, url, headers, body: request.body ?? noBytes() })
    return part ?? withCors(request, () => answerControl(request, url))
  }

  return Object.assign(handle, { servePart })
}

/** What is compared with NaN is never too much. */
function limit(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`${name} must be a positive integer.`)
}

function json(body: object): Response {
  return Response.json(body, { headers: { 'cache-control': 'no-store' } })
}

function contentLength(headers: Pick<Headers, 'get'>): number | undefined {
  const value = headers.get('content-length')
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
