import {
  createUploadHandler,
  type Principal,
  type UploadHandlerOptions,
  type UploadStorage,
} from '@s3-bg-uploader/backend'
import type { Clock, ControlCall, UploaderConfig } from '@s3-bg-uploader/core'
import { type HttpHandler, http } from 'msw'
import {
  type MemoryStorage,
  type MemoryStorageOptions,
  memoryStorage,
  type UrlValidity,
} from '../storage/index.ts'
import { type ServerClocks, serverClocks } from './clocks.ts'
import { describeExchanges } from './describe.ts'
import type { Exchange, Route } from './exchange.ts'
import { type Fault, type FaultFilter, FaultPlan } from './fault.ts'
import {
  type ControlFaults,
  type Faults,
  type PutFaults,
  planFaults,
  type UrlsFaults,
} from './faults.ts'
import type { GateState } from './gate.ts'
import { identifyControl, identifyPart } from './identify.ts'
import { serve } from './serve.ts'
import type { Server } from './server.ts'
import { type ExchangeFilter, Transcript } from './transcript.ts'

const MIB = 1024 * 1024

/** What `mockBackend` takes. */
export interface MockBackendOptions
  extends Pick<MemoryStorageOptions, 'urlTtlSeconds' | 'checkPlan' | 'resumeStarts'> {
  /** Where the control endpoints are. Nothing listens there. Default: `http://backend.localhost`. */
  readonly backendUrl?: string | undefined
  /** Where presigned URLs lead, another origin. Default: `http://storage.localhost`. */
  readonly storageUrl?: string | undefined
  /** Bytes of every part but the last. Default: as the backend chooses, at least 8 MiB. */
  readonly partSize?: number | undefined
  /** Bytes that every part but the last must have. Default: 5 MiB as in S3, or `partSize` if less. */
  readonly minPartSize?: number | undefined
  /** Default: everybody is the same principal, without credentials. */
  readonly authorize?: UploadHandlerOptions<Principal>['authorize'] | undefined
  /** Default: `{fileHash}/{fileName}`, so that a test knows the key, and a strange name makes a strange key. */
  readonly keyFor?: UploadHandlerOptions<Principal>['keyFor'] | undefined
  /** As that of `createUploadHandler`. */
  readonly onCompleted?: UploadHandlerOptions<Principal>['onCompleted'] | undefined
  /**
   * False: a bucket whose CORS rule lacks `ExposeHeaders: ETag`. A page sees no ETag then; what MSW answers
   * is not filtered by the browser, so the mock backend leaves it out itself. Default: true.
   */
  readonly exposeEtag?: boolean | undefined
  /** Time, and what `delay` waits by. Default: that of the platform. */
  readonly clock?: Pick<Clock, 'wall' | 'setTimer'> | undefined
}

/** A backend and a storage for tests, with a plan of what goes wrong and a transcript of what came. */
export interface MockBackend {
  /** For `setupServer` and `setupWorker`. All requests to the two origins are answered. */
  readonly handlers: readonly HttpHandler[]
  /** For `uploader.setConfig`, with the optional extensions. */
  readonly config: UploaderConfig & { readonly listPartsApi: string; readonly abortApi: string }
  /** Its objects and unfinished uploads. */
  readonly storage: MemoryStorage
  /** Time at the backend and at the storage, which may be set wrong. */
  readonly clock: ServerClocks
  /** Every request since the last reset, in the order of arrival. */
  readonly transcript: readonly Exchange[]
  /** One line a request. */
  transcriptText(): string
  /** Plans what happens to requests on that route. */
  on(route: 'put', filter?: FaultFilter): PutFaults
  /** Plans what happens to requests on that route. */
  on(route: 'urls', filter?: FaultFilter): UrlsFaults
  /** Plans what happens to requests on that route. */
  on(route: ControlCall, filter?: FaultFilter): ControlFaults
  /** Plans what happens to requests on that route. */
  on(route: 'any' | 'other', filter?: FaultFilter): Faults
  /** What was planned and not forgotten since, in that order; `hits` tells what has happened. */
  faults(): readonly Fault[]
  /** Forgets what was planned. What has happened to a request already goes on, and gates stay as they are. */
  clearFaults(): void
  /**
   * The next exchange on that route that is settled (answered, broken, stalled or aborted) and was not
   * given out before; waits for one. Rejects when the backend is reset meanwhile.
   */
  next(route?: Route | 'any', filter?: ExchangeFilter): Promise<Exchange>
  /**
   * Forgets everything: transcript, faults, objects, uploads, skew. Requests that are still open break.
   * Ids and numbers start again, so whatever sends requests should be closed before.
   */
  reset(): void
}

/**
 * Makes a mock backend: the real handler of `@s3-bg-uploader/backend` over a storage in memory, behind MSW.
 *
 * ```ts
 * const backend = mockBackend({ partSize: 5 })
 * const server = setupServer(...backend.handlers)
 * server.listen({ onUnhandledRequest: 'error' })
 * uploader.setConfig(backend.config)
 * ```
 */
export function mockBackend(options: MockBackendOptions = {}): MockBackend {
  const { partSize, minPartSize = Math.min(5 * MIB, partSize ?? 5 * MIB), keyFor } = options
  const backendUrl = location(options.backendUrl ?? 'http://backend.localhost')
  const storageUrl = location(options.storageUrl ?? 'http://storage.localhost')
  if (backendUrl.origin === storageUrl.origin) {
    throw new RangeError('backendUrl and storageUrl must be of different origins.')
  }
  const system = options.clock ?? {
    wall: Date.now,
    setTimer: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const clock = serverClocks(system.wall)
  const storage = memoryStorage({
    urlTtlSeconds: options.urlTtlSeconds,
    checkPlan: options.checkPlan,
    resumeStarts: options.resumeStarts,
    minPartSize,
    clock: clock.storage,
    signingClock: clock.backend,
  })
  let world = newWorld()

  const controlHandler = (validity: UrlValidity) =>
    createUploadHandler<Principal>({
      storage: signingOnly(storage, validity),
      authorize: options.authorize ?? (() => ({ id: 'anybody' })),
      keyFor: keyFor ?? (({ fileHash, fileName }) => `${fileHash}/${fileName || 'file'}`),
      basePath: backendUrl.path,
      publicUrl: storageUrl.origin + storageUrl.path,
      cors: { origins: '*' },
      ...(partSize === undefined ? {} : { partSizeFor: () => partSize }),
      ...(options.onCompleted === undefined ? {} : { onCompleted: options.onCompleted }),
    })
  const partHandler = createUploadHandler<Principal>({
    storage,
    authorize: () => undefined,
    basePath: storageUrl.path,
    cors: { origins: '*' },
  })

  const backendServer: Server = {
    side: 'backend',
    identify: (url) => identifyControl(url, backendUrl.path),
    now: clock.backend,
    handle: (request, validity) => controlHandler(validity)(request),
    setTimer: system.setTimer,
    exposeEtag: true,
  }
  const storageServer: Server = {
    side: 'storage',
    identify: (url) => identifyPart(url, storageUrl.path),
    now: clock.storage,
    handle: (request) => partHandler(request),
    setTimer: system.setTimer,
    exposeEtag: options.exposeEtag ?? true,
  }

  const base = backendUrl.origin + backendUrl.path
  return {
    handlers: [
      http.all(everythingAt(backendUrl.origin), ({ request }) =>
        serve(request, backendServer, world),
      ),
      http.all(everythingAt(storageUrl.origin), ({ request }) =>
        serve(request, storageServer, world),
      ),
    ],
    config: {
      startUploadApi: `${base}/start`,
      getUploadUrlsApi: `${base}/urls`,
      completeApi: `${base}/complete`,
      listPartsApi: `${base}/list-parts`,
      abortApi: `${base}/abort`,
    },
    storage,
    clock,
    get transcript() {
      return world.transcript.exchanges
    },
    transcriptText: () => describeExchanges(world.transcript.exchanges),
    on: (route: Route | 'any', filter: FaultFilter = {}) =>
      planFaults(world.plan, route, filter, (gate) => world.gates.push(gate)),
    faults: () => world.plan.faults,
    clearFaults: () => world.plan.clear(),
    next: (route = 'any', filter = {}) => world.transcript.next(route, filter),
    reset() {
      const { end, transcript, plan, gates } = world
      world = newWorld()
      storage.clear()
      clock.skew({ backend: 0, storage: 0 })
      end()
      plan.clear()
      for (const gate of gates) gate.close()
      transcript.close()
    },
  }
}

/** Everything that ends with a reset. */
interface World {
  readonly transcript: Transcript
  readonly plan: FaultPlan
  readonly gates: GateState[]
  readonly ended: Promise<void>
  readonly end: () => void
}

function newWorld(): World {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { transcript: new Transcript(), plan: new FaultPlan(), gates: [], ended, end }
}

/** The backend's view of a storage: parts do not come its way. */
function signingOnly(storage: MemoryStorage, validity: UrlValidity): UploadStorage {
  return {
    create: storage.create,
    signParts: (upload, partNumbers, where) =>
      storage.signParts(upload, partNumbers, where, validity),
    complete: storage.complete,
    listParts: storage.listParts,
    abort: storage.abort,
  }
}

function location(text: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(text)
  return { origin, path: pathname.replace(/\/+$/, '') }
}

function everythingAt(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:[/?#]|$)`)
}
