import { isCount, isPositive } from './guard.ts'
import { isPlainObject } from './plain-object.ts'

/** The answer to startUpload. */
export interface StartAnswer {
  /** Where the object will be. */
  readonly key: string
  /** Names the multipart upload. */
  readonly uploadId: string
  /** Bytes of every part but the last. */
  readonly partSize: number
}

/** The answer to getUploadUrls. Only the parts that were asked for are looked at. */
export interface UrlsAnswer {
  /** Presigned URLs by part number. */
  readonly urls: Readonly<Record<string, unknown>>
}

/** One part as S3's ListParts tells it. */
export interface ListedPartAnswer {
  /** From 1. */
  readonly PartNumber: number
  /** With or without double quotes. */
  readonly ETag: string
  /** Bytes. */
  readonly Size: number
}

/** The answer to listParts. */
export interface ListAnswer {
  /** All parts that the storage has. */
  readonly parts: readonly ListedPartAnswer[]
}

/** Either the value, or what is wrong with it as `path: expected this, received that`. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

/** What a field must be: what people call it, and whether a value is one. */
type Rule = readonly [expected: string, isMet: (value: unknown) => boolean]

type Fields<T> = { readonly [K in keyof T]: Rule }

/** More would bury the first ones. */
const MOST_PROBLEMS = 5

const TEXT: Rule = ['non-empty string', (value) => typeof value === 'string' && value !== '']
const POSITIVE: Rule = ['positive integer', isPositive]

const START: Fields<StartAnswer> = { key: TEXT, uploadId: TEXT, partSize: POSITIVE }
const URLS: Fields<UrlsAnswer> = { urls: ['object', isPlainObject] }
const LIST: Fields<ListAnswer> = { parts: ['array', Array.isArray] }
const LISTED_PART: Fields<ListedPartAnswer> = {
  PartNumber: POSITIVE,
  ETag: TEXT,
  Size: ['non-negative integer', isCount],
}

export function readStartAnswer(answer: unknown): Read<StartAnswer> {
  const problems: string[] = []
  return resultOf(readFields(answer, START, [], problems), problems)
}

export function readUrlsAnswer(answer: unknown): Read<UrlsAnswer> {
  const problems: string[] = []
  return resultOf(readFields(answer, URLS, [], problems), problems)
}

export function readListAnswer(answer: unknown): Read<ListAnswer> {
  const problems: string[] = []
  const { parts } = readFields(answer, LIST, [], problems)
  const read =
    problems.length > 0
      ? parts
      : parts.map((part, at) => readFields(part, LISTED_PART, ['parts', at], problems))
  return resultOf({ parts: read }, problems)
}

/** The fields and no others; of no use where there are problems. */
function readFields<T>(
  value: unknown,
  fields: Fields<T>,
  path: readonly PropertyKey[],
  problems: string[],
): T {
  const read: Record<string, unknown> = {}
  if (!isPlainObject(value)) problems.push(describeMismatch(path, 'object', value))
  else {
    for (const [name, [expected, isMet]] of Object.entries<Rule>(fields)) {
      read[name] = value[name]
      if (!isMet(value[name]))
        problems.push(describeMismatch([...path, name], expected, value[name]))
    }
  }
  return read as T
}

/** The problem names fields and types; of the values themselves it shows nothing but numbers. */
function resultOf<T>(value: T, problems: readonly string[]): Read<T> {
  if (problems.length === 0) return { ok: true, value }
  const shown = problems.slice(0, MOST_PROBLEMS)
  const more = problems.length - shown.length
  return { ok: false, problem: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') }
}

/** `parts.3.ETag: expected string, received undefined` */
export function describeMismatch(
  path: readonly PropertyKey[],
  expected: string,
  received: unknown,
): string {
  return `${path.map(String).join('.') || 'body'}: expected ${expected}, received ${nameOf(received)}`
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'array' : typeof value
}
