import { addressUrl, collectionUrl } from '@s3-bg-uploader/testkit/conformance/backend'

/** One answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the text is no JSON. */
  readonly json: unknown
}

/** An upload that the backend has started. */
export interface Started {
  readonly key: string
  readonly uploadId: string
}

export interface WireOptions {
  readonly startUploadApi: string
  readonly completeApi: string
  /** Breaks off whatever is under way. */
  readonly signal: AbortSignal
  /** Milliseconds after which nobody answers. */
  readonly patienceMs: number
}

/** There was no answer, or none that came to its end. */
export class Unreachable extends Error {
  override readonly name: 'Unreachable' = 'Unreachable'
  readonly origin: string

  constructor(url: string, cause: unknown) {
    super('no answer', { cause })
    this.origin = new URL(url).origin
  }
}

/** Talks to the backend, and remembers what is left there. */
export class Wire {
  readonly #options: WireOptions
  readonly #started = new Map<string, Started>()
  readonly #completed = new Set<string>()

  constructor(options: WireOptions) {
    this.#options = options
  }

  /** As `fetch`, for the suite. */
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { signal, patienceMs } = this.#options
    const signals = [signal, AbortSignal.timeout(patienceMs)]
    const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) })
    if (response.ok && init.method === 'POST') await this.#remember(url, response.clone())
    return response
  }

  /** Every upload that was started, each once. */
  get started(): readonly Started[] {
    return [...this.#started.values()]
  }

  /** How many uploads became objects. */
  get completed(): number {
    return this.#completed.size
  }

  /**
   * Redirects are answers: a POST would arrive as a GET.
   *
   * @throws Unreachable
   */
  async send(url: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await this.fetch(url, { redirect: 'manual', ...init })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parse(text) }
    } catch (error) {
      throw new Unreachable(url, error)
    }
  }

  async #remember(url: string, response: Response): Promise<void> {
    const { startUploadApi, completeApi } = this.#options
    // No endpoint is known by how its URL begins: the beginning of one may be another.
    if (this.started.some((upload) => url === addressUrl(completeApi, upload))) {
      this.#completed.add(url)
    }
    if (![true, false].some((slash) => url === collectionUrl(startUploadApi, slash))) return
    const answer = parse(await response.text())
    if (!isStarted(answer)) return
    const { key, uploadId } = answer
    this.#started.set(JSON.stringify([key, uploadId]), { key, uploadId })
  }
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isStarted(value: unknown): value is Started {
  if (typeof value !== 'object' || value === null) return false
  const { key, uploadId } = value as Partial<Started>
  return typeof key === 'string' && typeof uploadId === 'string'
}
