export { type LevelStoreOptions, levelStore } from './level-store.ts'
export { nodeTransport } from './node-transport.ts'
