import { transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type ChosenFile, fetchTransport } from '../src/index.ts'
import { chosenFile } from './temporary-file.ts'

let server: NodePutServer

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(() => server.close())

transportConformance<ChosenFile>({
  describe,
  it,
  create: async () => fetchTransport(),
  file: (bytes, { name }) => chosenFile(bytes, name),
  capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
  server: async () => server,
})
