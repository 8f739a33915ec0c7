import { transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type ChosenFile, fetchTransport } from '../src/index.ts'
import { DiskFile, DiskFileHandle } from './disk-file.ts'
import { KeptInMemory } from './kept-in-memory.ts'

let server: NodePutServer

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(() => server.close())

const shared = { it, server: async () => server }
const capabilities = { progress: false, nativeHash: false, background: false } as const
const refusedFiles = [
  {
    what: 'a Blob without a name',
    make: async () => new Blob(['hello']) as File,
    code: 'file_not_regular',
  },
  {
    what: 'a handle of a folder',
    make: async () => ({ kind: 'directory', name: 'photos' }) as unknown as FileSystemFileHandle,
    code: 'file_not_regular',
  },
] as const

describe('files, sent by fetch', () => {
  transportConformance<ChosenFile>({
    ...shared,
    describe,
    create: async () => fetchTransport(),
    async file(bytes, { name }) {
      const onDisk = await DiskFile.create(bytes, name)
      const file = await onDisk.choose()
      return { file, change: (next) => onDisk.change(next), remove: () => onDisk.remove() }
    },
    capabilities: { ...capabilities, reopen: false },
    refusedFiles,
  })
})

// What a part looks like on its way does not depend on where its bytes come from.
const FILE_GROUPS = new Set([
  'transport conformance',
  'open',
  'reopen',
  'kept files',
  'read',
  'changed files',
])

describe('handles that are kept, sent by fetch', () => {
  const files = new KeptInMemory()
  transportConformance<ChosenFile>({
    ...shared,
    describe(name, body) {
      if (FILE_GROUPS.has(name)) describe(name, body)
    },
    create: async () => fetchTransport({ files }),
    async file(bytes, { name }) {
      const onDisk = await DiskFile.create(bytes, name)
      const file = new DiskFileHandle(onDisk).asHandle
      return { file, change: (next) => onDisk.change(next), remove: () => onDisk.remove() }
    },
    capabilities: { ...capabilities, reopen: true },
    keepsFiles: true,
    refusedFiles,
    refusedRefs: [
      { kept: 'unknown', name: 'video.mp4' },
      { kept: 5, name: 'video.mp4' },
    ],
  })
})
