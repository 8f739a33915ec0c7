export { backendConformance } from './backend-conformance.ts'
export { addressUrl, collectionUrl } from './endpoint-urls.ts'
export type { BackendConformance, BackendEndpoints } from './options.ts'
