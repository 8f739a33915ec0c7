import {
  type PutServer,
  remotePutServer,
  type TransportConformance,
  transportConformance,
} from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { BackgroundService } from './background-service.ts'
import { blobTransport } from './blob-transport.ts'
import { collect } from './collect.ts'
import { MemoryDisk } from './memory-disk.ts'
import { referenceTransport } from './reference-transport.ts'

let server: NodePutServer
let remote: PutServer

beforeAll(async () => {
  server = await nodePutServer()
  remote = await remotePutServer({ control: server.control, fetch })
})

afterAll(() => server.close())

const onDisk = (disk: MemoryDisk) => ({
  file: async (bytes: Uint8Array, { name }: { readonly name: string }) => disk.create(bytes, name),
  held: async (path: string) => disk.held(path),
})

describe('a transport with every foreground capability', () => {
  const disk = new MemoryDisk()
  transportConformance({
    describe,
    it,
    ...onDisk(disk),
    create: async () => referenceTransport(disk),
    capabilities: { progress: true, reopen: true, nativeHash: true, background: false },
    server: async () => server,
    refusedFiles: [
      { what: 'what is not there', make: async () => '/missing', code: 'file_not_found' },
    ],
  })
})

describe('a transport with none, over a server that is driven from afar', () => {
  transportConformance<File>({
    describe,
    it,
    create: async () => blobTransport,
    file: async (bytes, { name }) => ({ file: new File([bytes.slice()], name) }),
    capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
    limits: { immutableFiles: true },
    server: async () => remote,
  })
})

describe('a transport with a queue that outlives the process', () => {
  transportConformance(background())
})

function background(): TransportConformance<string> {
  const disk = new MemoryDisk()
  const services = new Map<unknown, BackgroundService>()
  const launch = (service: BackgroundService) => {
    const transport = service.launch()
    services.set(transport, service)
    return transport
  }
  const { file } = onDisk(disk)
  return {
    describe,
    it,
    file,
    create: async () => launch(new BackgroundService(disk)),
    relaunch: async (transport) => launch(services.get(transport) ?? new BackgroundService(disk)),
    capabilities: { progress: true, reopen: true, nativeHash: false, background: true },
    server: async () => server,
  }
}

test('cases are skipped by what is declared only, and say so', () => {
  const capabilities = { progress: false, reopen: false, nativeHash: false, background: false }
  const options = {
    create: async () => blobTransport,
    file: async (bytes: Uint8Array) => ({ file: new File([bytes.slice()], 'file') }),
    server: async () => server,
  }
  const least = collect((runner) =>
    transportConformance<File>({
      ...runner,
      ...options,
      capabilities,
      limits: { immutableFiles: true, followsRedirects: true },
    }),
  )
  const most = collect((runner) =>
    transportConformance<File>({
      ...runner,
      ...options,
      capabilities: { progress: true, reopen: true, nativeHash: true, background: true },
      sparseFile: async () => ({ file: new File([], 'file') }),
      held: async () => 0,
      keepsFiles: true,
      relaunch: async (transport) => transport,
    }),
  )
  expect(most.skipped).toEqual([])
  expect(most.names.length).toBe(least.names.length + least.skipped.length)
  expect(new Set(least.skipped.map((name) => name.match(/\[needs: (.*)\]/)?.[1]))).toEqual(
    new Set([
      'held',
      'keepsFiles',
      'files that change',
      'reopen',
      'sparseFile',
      'nativeHash',
      'redirects that can be seen',
      'progress',
      'background',
    ]),
  )
  const every = [...least.names, ...least.skipped]
  expect(every.filter((name) => !/ > §\d/.test(name))).toEqual([])
})

test('a runner that cannot skip reports skipped cases by name', () => {
  const names: string[] = []
  transportConformance<File>({
    describe: (_, body) => body(),
    it: (name: string) => names.push(name),
    create: async () => blobTransport,
    file: async (bytes) => ({ file: new File([bytes.slice()], 'file') }),
    capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
    server: async () => server,
  })
  expect(names).toContain(
    'SKIPPED §6.5 a large part shows that it is alive: progress comes in steps [needs: progress]',
  )
})
