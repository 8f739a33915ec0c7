export { type FastifyScope, fastifyPlugin } from './fastify-plugin.ts'
