import type { IncomingMessage, RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** What stands in front of a function in AWS. */
export interface Front {
  /** `$default`, or a name, which then is in front of `rawPath`. */
  readonly stage: string
  readonly domainName: string
  /** HTTP APIs hand paths over decoded, function URLs as they came. */
  readonly decodes: boolean
}

/** Does over loopback what API Gateway and function URLs do: requests become events of format 2.0. */
export function lambdaGateway(
  front: Front,
  invoke: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>,
): RequestListener {
  return async (request, response) => {
    const { statusCode, headers, cookies, body, isBase64Encoded } = await invoke(
      await eventOf(front, request),
    )
    response.statusCode = statusCode ?? 200
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, `${value}`)
    response.setHeader('set-cookie', cookies ?? [])
    response.end(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'))
  }
}

async function eventOf(
  { stage, domainName, decodes }: Front,
  request: IncomingMessage,
): Promise<APIGatewayProxyEventV2> {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const bytes = await buffer(request)
  const { cookie, ...headers } = request.headers as Record<string, string>
  const rawPath = (stage === '$default' ? '' : `/${stage}`) + (decodes ? decoded(path) : path)
  const method = request.method ?? ''
  // Documented to be so for whatever is not declared as text.
  const isBase64Encoded = !/json|text/.test(headers['content-type'] ?? '')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    headers: { ...headers, host: domainName },
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    ...(bytes.length === 0 ? {} : { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName,
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId: 'id',
      routeKey: '$default',
      stage,
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: Date.UTC(2026, 0, 2, 3, 4, 5),
    },
  }
}

/** An HTTP API goes as far as to take a decoded `?` for the beginning of the query. */
function decoded(path: string): string {
  return decodeURIComponent(path).replace(/\?.*$/s, '')
}
