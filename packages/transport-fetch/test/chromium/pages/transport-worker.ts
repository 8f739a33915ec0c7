import { casesOfWorker } from './worker-cases.ts'

globalThis.caseList = await casesOfWorker(`/transport-fetch-worker.js${location.search}`)
