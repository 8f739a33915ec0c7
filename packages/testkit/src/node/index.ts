export { type NodePutServer, type NodePutServerOptions, nodePutServer } from './put-server.ts'
