export { backendConformance } from './conformance/backend/backend-conformance.ts'
export type {
  BackendConformance,
  BackendEndpoints,
} from './conformance/backend/options.ts'
export { patternBytes } from './conformance/pattern-bytes.ts'
export type { Behaviour, PutServer, ReceivedPut, Stage } from './conformance/put-server.ts'
export { type RemotePutServerOptions, remotePutServer } from './conformance/remote-put-server.ts'
export type { RegisterTest, Runner } from './conformance/runner.ts'
export type { StoreConformance, StorePlace } from './conformance/store/options.ts'
export { storeConformance } from './conformance/store/store-conformance.ts'
export type {
  PlatformLimits,
  RefusedFile,
  TestFile,
  TransportConformance,
} from './conformance/transport/options.ts'
export { transportConformance } from './conformance/transport/transport-conformance.ts'
