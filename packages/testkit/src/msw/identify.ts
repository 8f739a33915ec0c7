import type { Route } from './exchange.ts'

/** What the URL of a request tells about it. */
export interface Target {
  readonly route: Route
  readonly part: number | undefined
  readonly uploadId: string | undefined
  readonly key: string | undefined
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['start', 'start'],
  ['urls', 'urls'],
  ['complete', 'complete'],
  ['list-parts', 'list'],
  ['abort', 'abort'],
])

/**
 * What a request to the backend is about. Only for the transcript and for faults: what is answered is
 * the affair of the real handler.
 */
export function identifyControl({ pathname }: URL, basePath: string): Target {
  const path = pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length + 1) : ''
  const [name = '', uploadId, ...key] = path.replace(/\/$/, '').split('/')
  return {
    route: ROUTES.get(name) ?? 'other',
    part: undefined,
    uploadId: decode(uploadId),
    key: key.length === 0 ? undefined : decode(key.join('/')),
  }
}

/** What a request to the storage is about. */
export function identifyPart({ pathname, searchParams }: URL, basePath: string): Target {
  const prefix = `${basePath}/parts/`
  if (!pathname.startsWith(prefix)) {
    return { route: 'other', part: undefined, uploadId: undefined, key: undefined }
  }
  const part = searchParams.get('partNumber')
  return {
    route: 'put',
    part: part === null ? undefined : Number(part),
    uploadId: searchParams.get('uploadId') ?? undefined,
    key: decode(pathname.slice(prefix.length)),
  }
}

/** The names that the body of a control call gives. */
export function readNames(json: unknown): {
  readonly uploadId: string | undefined
  readonly key: string | undefined
  readonly parts: readonly number[]
} {
  const body = typeof json === 'object' && json !== null ? json : {}
  const { uploadId, key, parts } = body as Readonly<Record<string, unknown>>
  return {
    uploadId: typeof uploadId === 'string' ? uploadId : undefined,
    key: typeof key === 'string' ? key : undefined,
    parts: Array.isArray(parts) ? parts.map(numberOf).filter(isPartNumber) : [],
  }
}

function isPartNumber(number: number): boolean {
  return Number.isInteger(number) && number > 0
}

function numberOf(part: unknown): number {
  const number = typeof part === 'object' && part !== null && 'PartNumber' in part
  return Number(number ? part.PartNumber : part)
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return text
  }
}
