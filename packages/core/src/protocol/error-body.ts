/** What an error code looks like. Anything else might be prose, or a secret. */
const TOKEN = /^[A-Za-z0-9_.-]{1,64}$/

/** Far more than an error needs; JSON that is longer is not parsed. */
const MAX_JSON_LENGTH = 65_536

/** S3 puts the code at the beginning. */
const XML_LENGTH = 4096

/**
 * The error code in the body of an answer that is not 2xx: `NoSuchUpload` from S3's XML, or `code`,
 * `error.code` or `error` of a JSON object. Undefined where there is none.
 */
export function readErrorReason(body: string | undefined): string | undefined {
  if (body === undefined) return undefined
  const code = /<Code>\s*([A-Za-z0-9_.-]{1,64})\s*<\/Code>/.exec(body.slice(0, XML_LENGTH))?.[1]
  if (code !== undefined) return code
  if (body.length > MAX_JSON_LENGTH) return undefined
  try {
    const json: unknown = JSON.parse(body)
    const error = own(json, 'error')
    return [own(json, 'code'), own(error, 'code'), error].find(isToken)
  } catch {
    return undefined
  }
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value)
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
