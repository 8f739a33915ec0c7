import type { IncomingMessage, ServerResponse } from 'node:http'
import { type NodeHandler, nodeListener } from '../node/index.ts'

/** What is needed of a Fastify instance; every version since 4 has it. */
export interface FastifyScope {
  /** As Fastify's. */
  removeAllContentTypeParsers(): unknown
  /** As Fastify's. */
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown
  /** As Fastify's. */
  all(
    path: string,
    handler: (
      request: { readonly raw: IncomingMessage },
      reply: {
        readonly raw: ServerResponse
        hijack(): unknown
        getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>
      },
    ) => void,
  ): unknown
}

/**
 * A plugin for Fastify: `app.register(fastifyPlugin(handler), { prefix: '/uploads' })`, where `basePath`
 * of the handler is that prefix.
 *
 * Bodies come to the handler unread, whatever their type and size; the parsers of the rest of the app
 * stay as they are. Hooks run, and the headers that they have set are kept, but `onSend` is not called:
 * the answer is written to the socket as by `nodeListener`.
 */
export function fastifyPlugin(handler: NodeHandler): (scope: FastifyScope) => Promise<void> {
  const listener = nodeListener(handler)
  return async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.all('/*', (request, reply) => {
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      listener(request.raw, reply.raw)
    })
  }
}
