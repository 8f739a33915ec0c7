import type {
  BackgroundTransport,
  ForegroundTransport,
  PutRequest,
  PutResponse,
  Source,
  Transport,
} from '@s3-bg-uploader/core'
import { check } from '../check.ts'
import { Lane } from '../lane.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Behaviour, PutServer } from '../put-server.ts'
import type { Scope, Suite } from '../suite.ts'
import type { TestFile, TransportConformance } from './options.ts'
import { putThroughQueue } from './queue.ts'

/** A file that a transport has opened, with what it should contain. */
export interface Opened<TFile> {
  readonly transport: Transport<TFile>
  readonly source: Source
  readonly test: TestFile<TFile>
  readonly bytes: Uint8Array
  /** Puts the whole file, unless told otherwise. */
  put(url: string, changes?: Partial<PutRequest>): Promise<PutResponse>
}

/** What the cases of the transport suite work with. One for each case. */
export class Bench<TFile> {
  readonly options: TransportConformance<TFile>
  readonly #scope: Scope
  #server: Promise<PutServer> | undefined

  constructor(options: TransportConformance<TFile>, scope: Scope) {
    this.options = options
    this.#scope = scope
  }

  server(): Promise<PutServer> {
    this.#server ??= this.options.server()
    return this.#server
  }

  /** A place on the server where PUTs are dealt with in these ways. Default: they succeed. */
  async lane(...behaviours: readonly Behaviour[]): Promise<Lane> {
    const given: readonly Behaviour[] =
      behaviours.length > 0 ? behaviours : [{ kind: 'answer', status: 200 }]
    return Lane.open(this.#scope, await this.server(), given)
  }

  /** A transport that is closed after the case. */
  async create(): Promise<Transport<TFile>> {
    const transport = await this.options.create()
    this.#scope.defer(() => transport.close?.())
    return transport
  }

  /** A file that is removed after the case. */
  async file(bytes: Uint8Array, name = 'file.bin'): Promise<TestFile<TFile>> {
    const test = await this.options.file(bytes, { name })
    this.#scope.defer(() => test.remove?.())
    return test
  }

  /** A file that a transport has opened: these bytes, or so many. */
  async open(content: Uint8Array | number, transport?: Transport<TFile>): Promise<Opened<TFile>> {
    const bytes = typeof content === 'number' ? patternBytes(content) : content
    return this.openFile(await this.file(bytes), bytes, transport)
  }

  async openFile(
    test: TestFile<TFile>,
    bytes: Uint8Array,
    opener?: Transport<TFile>,
  ): Promise<Opened<TFile>> {
    const transport = opener ?? (await this.create())
    const source = await transport.open(test.file)
    this.#scope.defer(() => source.close())
    const put = putterOf(transport, source, this.#scope)
    return {
      transport,
      source,
      test,
      bytes,
      put: (url, changes = {}) =>
        put({
          url,
          range: { start: 0, end: source.size },
          signal: new AbortController().signal,
          onProgress: () => {},
          ...changes,
        }),
    }
  }
}

/** Tells the two kinds apart: `capabilities` is one object away from discriminating the union. */
export function isBackground<TFile>(
  transport: Transport<TFile>,
): transport is BackgroundTransport<TFile> {
  return transport.capabilities.background
}

/** Sends parts of a source in the one way that its transport has. */
export function putterOf<TFile>(
  transport: Transport<TFile>,
  source: Source,
  scope: Scope,
): (request: PutRequest) => Promise<PutResponse> {
  if (isBackground(transport)) {
    return (request) => putThroughQueue(transport.queue, source, request, scope)
  }
  const { put } = source as Awaited<ReturnType<ForegroundTransport<TFile>['open']>>
  check(typeof put === 'function', 'A source of a foreground transport has no put()')
  return (request) => put.call(source, request)
}

/** Registers a case that works on a bench. */
export type BenchCase<TFile> = (
  name: string,
  body: (bench: Bench<TFile>, scope: Scope) => Promise<void>,
) => void

/** Registers cases of a suite that get a bench each. */
export function benchCases<TFile>(
  suite: Suite,
  options: TransportConformance<TFile>,
): BenchCase<TFile> {
  return (name, body) => suite.case(name, (scope) => body(new Bench(options, scope), scope))
}
