import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyHandlerV2, LambdaFunctionURLHandler } from 'aws-lambda'
import express from 'express'
import { type FastifyInstance, fastify } from 'fastify'
import { Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { fastifyPlugin } from '../../src/fastify/index.ts'
import type { UploadHandler } from '../../src/index.ts'
import { lambdaHandler } from '../../src/lambda/index.ts'
import { nodeListener } from '../../src/node/index.ts'
import { type Front, lambdaGateway } from './lambda-gateway.ts'

/** Serves a handler below `/uploads` on loopback until the test ends; resolves with the origin. */
export type Serve = (handler: UploadHandler) => Promise<string>

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Express, with other middleware in front. */
export function expressServer(...middleware: express.RequestHandler[]): Serve {
  return (handler) => {
    const app = express()
    for (const one of middleware) app.use(one)
    app.use('/uploads', nodeListener(handler))
    return listen(app)
  }
}

export function fastifyServer(
  prepare: (app: FastifyInstance) => void = () => {},
  options: { readonly bodyLimit?: number } = {},
): Serve {
  return async (handler) => {
    const app = fastify(options)
    prepare(app)
    app.register(fastifyPlugin(handler), { prefix: '/uploads' })
    onTestFinished(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  }
}

const hono: Serve = (handler) => {
  const app = new Hono()
  app.all('/uploads/*', (context) => handler(context.req.raw))
  return listen(nodeListener(async (request) => app.fetch(request)))
}

/** As `app/uploads/[...path]/route.ts` exports it, called as Next calls it. */
const nextRoute: Serve = (handler) => {
  type RouteHandler = (
    request: Request,
    context: { readonly params: Promise<object> },
  ) => Promise<Response>
  const route: Record<string, RouteHandler> = { POST: handler, PUT: handler, OPTIONS: handler }
  return listen(
    nodeListener(async (request) => {
      const call = route[request.method]
      if (call === undefined) return new Response(null, { status: 405 })
      return call(request, { params: Promise.resolve({}) })
    }),
  )
}

function lambda(front: Front): Serve {
  return (handler) => {
    const invoke = lambdaHandler(
      handler,
    ) satisfies APIGatewayProxyHandlerV2 satisfies LambdaFunctionURLHandler
    return listen(lambdaGateway(front, invoke))
  }
}

const functionUrl: Front = {
  stage: '$default',
  domainName: 'abcdefghij.lambda-url.eu-central-1.on.aws',
  decodes: false,
}
const httpApi: Front = {
  stage: '$default',
  domainName: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
  decodes: true,
}

export const SERVERS: readonly (readonly [name: string, serve: Serve])[] = [
  ['node:http', (handler) => listen(nodeListener(handler))],
  ['Express', expressServer()],
  ['Express behind express.json()', expressServer(express.json())],
  ['Fastify', fastifyServer()],
  ['Hono', hono],
  ['a Next route', nextRoute],
  ['Lambda at a function URL', lambda(functionUrl)],
  ['Lambda behind an HTTP API', lambda(httpApi)],
  ['Lambda behind a stage of an HTTP API', lambda({ ...httpApi, stage: 'prod' })],
]
