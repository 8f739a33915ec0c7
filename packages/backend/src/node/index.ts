export { type NodeHandler, nodeListener } from './node-listener.ts'
