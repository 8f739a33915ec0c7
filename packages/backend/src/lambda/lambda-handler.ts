import { isUtf8 } from 'node:buffer'
import { eventUrl } from './event-url.ts'

/** What is read of an event: payload format 2.0, as HTTP APIs and function URLs send it. */
export interface LambdaEvent {
  /** `2.0`. */
  readonly version: string
  /** Perhaps decoded: an HTTP API decodes paths, a function URL does not. */
  readonly rawPath: string
  /** Without its `?`. */
  readonly rawQueryString: string
  /** Each as `name=value`. */
  readonly cookies?: readonly string[]
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Text, or Base64 where `isBase64Encoded` says so. */
  readonly body?: string
  /** Whether `body` is Base64. */
  readonly isBase64Encoded: boolean
  /** Host, stage and method. */
  readonly requestContext: {
    readonly domainName: string
    readonly stage: string
    readonly http: { readonly method: string }
  }
}

/** The answer, in the same format. */
export interface LambdaResult {
  /** The HTTP status. */
  readonly statusCode: number
  /** All but cookies. */
  readonly headers: Record<string, string>
  /** Each `Set-Cookie` header. */
  readonly cookies: string[]
  /** Text, or Base64 where `isBase64Encoded` says so. */
  readonly body: string
  /** Whether `body` is Base64. */
  readonly isBase64Encoded: boolean
}

/**
 * The handler as an AWS Lambda function behind an HTTP API of API Gateway or a function URL.
 *
 * The path of a named stage is cut off, so `basePath` of the handler is the same in every stage. The
 * storage must be one whose part URLs lead elsewhere, as those of S3 do: an event has room for 6 MB.
 *
 * @throws Error for events of another format, such as those of REST APIs.
 */
export function lambdaHandler(
  handler: (request: Request) => Promise<Response>,
): (event: LambdaEvent) => Promise<LambdaResult> {
  return async (event) => {
    if (event.version !== '2.0') {
      throw new Error('The event must have payload format 2.0, as of an HTTP API or function URL.')
    }
    return toResult(await handler(toRequest(event)))
  }
}

function toRequest(event: LambdaEvent): Request {
  const { method } = event.requestContext.http
  const headers = new Headers()
  for (const [name, value] of Object.entries(event.headers)) {
    if (value !== undefined) headers.set(name, value)
  }
  if (event.cookies !== undefined) headers.set('cookie', event.cookies.join('; '))
  const url = eventUrl(event)
  if (event.body === undefined || method === 'GET' || method === 'HEAD') {
    return new Request(url, { method, headers })
  }
  const body = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8')
  return new Request(url, { method, headers, body })
}

async function toResult(response: Response): Promise<LambdaResult> {
  const bytes = Buffer.from(await response.arrayBuffer())
  const isText = isUtf8(bytes)
  return {
    statusCode: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie')),
    cookies: response.headers.getSetCookie(),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}
