import type { Transport } from '@s3-bg-uploader/core'
import { transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { reactNativeTransport } from '../src/index.ts'
import { type Delivery, FakeDevice } from './fake-native/fake-device.ts'

let server: NodePutServer

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(() => server.close())

const devices = new Map<unknown, FakeDevice>()
let newest = new FakeDevice()
let files = 0

function launch(device: FakeDevice): Transport<string> {
  const transport = reactNativeTransport({ native: device.launch() })
  devices.set(transport, device)
  return transport
}

/** The files are on every device, since a suite opens with one transport what another one opened. */
function newDevice(delivery: Delivery): FakeDevice {
  const { files } = newest
  newest = new FakeDevice(files)
  newest.delivery = delivery
  // As many as the suite wants to see on their way at once.
  newest.queue.atOnce = 10
  return newest
}

function suite(delivery: Delivery, groups?: ReadonlySet<string>): void {
  transportConformance<string>({
    describe(name, body) {
      if (groups?.has(name) ?? true) describe(name, body)
    },
    it,
    server: async () => server,
    create: async () => launch(newDevice(delivery)),
    relaunch: async (transport) => launch(devices.get(transport) ?? newest),
    async file(bytes, { name }) {
      files += 1
      const path = `/data/${files}/${name}`
      newest.files.write(path, bytes)
      return {
        file: path,
        change: async (content) => newest.files.write(path, content),
        remove: async () => newest.files.remove(path),
      }
    },
    capabilities: { progress: true, reopen: true, nativeHash: true, background: true },
    refusedFiles: [
      { what: 'what is not there', make: async () => '/missing', code: 'file_not_found' },
      { what: 'a folder', make: async () => '/data/', code: 'file_not_regular' },
    ],
    refusedRefs: [
      { path: 'relative.mp4', size: 1, lastModified: 1 },
      { path: '/data/1/file', size: '1', lastModified: 1 },
      { path: '/data/1/file', size: 1 },
    ],
  })
}

describe('a native queue', () => suite('once'))

// What a part looks like on its way does not depend on how its result is told.
const QUEUE = new Set(['transport conformance', 'background queue'])

describe('a native queue whose events are lost', () => suite('never', QUEUE))
