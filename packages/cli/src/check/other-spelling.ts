/** A field of an answer, read with patience. */
export interface Found {
  readonly value: unknown
  /** How the backend spells it, where that is not as in the contract: `upload_id`, `data.uploadId`. */
  readonly spelling: string | undefined
}

/**
 * Finds a field by its name in the contract, or by one that differs in case and punctuation only, also one
 * level further in: what a backend means is clear long before a client can read it.
 */
export function findField(answer: unknown, name: string): Found | undefined {
  if (!isObject(answer)) return undefined
  if (name in answer) return { value: answer[name], spelling: undefined }
  const direct = lookAlike(answer, name)
  if (direct !== undefined) return { value: answer[direct], spelling: direct }
  for (const [outer, inner] of Object.entries(answer)) {
    if (!isObject(inner)) continue
    const found = name in inner ? name : lookAlike(inner, name)
    if (found !== undefined) return { value: inner[found], spelling: `${outer}.${found}` }
  }
  return undefined
}

function lookAlike(object: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return Object.keys(object).find((other) => plain(other) === plain(name))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
