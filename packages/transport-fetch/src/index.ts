export { type FetchTransportOptions, fetchTransport } from './fetch-transport.ts'
export type { ChosenFile, KeptFiles } from './kept-files.ts'
