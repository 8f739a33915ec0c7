import { readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { type TestFile, transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { nodeTransport } from '../src/index.ts'
import './loopback.ts'
import { sparseFile, temporaryFile, temporaryFolder } from './temporary-file.ts'

let server: NodePutServer

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(() => server.close())

transportConformance<string | URL>({
  describe,
  it,
  create: async () => nodeTransport(),
  file: async (bytes, { name }) => fileAt(await temporaryFile(bytes, name)),
  capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
  server: async () => server,
  sparseFile: async (size, tail) => fileAt(await sparseFile(size, tail)),
  refusedFiles: [
    {
      what: 'a path at which there is nothing',
      make: async () => `${await temporaryFolder()}/missing`,
      code: 'file_not_found',
    },
    { what: 'a folder', make: temporaryFolder, code: 'file_not_regular' },
    { what: 'a device', make: async () => '/dev/null', code: 'file_not_regular' },
    {
      what: 'a URL that is no file',
      make: async () => new URL('file://elsewhere.example/file.bin'),
      code: 'file_not_found',
    },
  ],
  refusedRefs: [{ path: 'relative.bin' }, { path: '/dev/null' }, { path: '/dev/null/x' }],
  ...(process.platform === 'linux' ? { held: descriptorsOn } : {}),
})

function fileAt(path: string): TestFile<string> {
  let changes = 0
  return {
    file: path,
    change: async (bytes) => {
      const { mtimeMs } = await stat(path)
      await writeFile(path, bytes)
      // Two changes within one tick of the clock would look like none.
      changes++
      await utimes(path, new Date(), new Date(mtimeMs + 1000 * changes))
    },
    remove: () => rm(path, { force: true }),
  }
}

/** Descriptors of this process that are open on a file. */
async function descriptorsOn(file: string | URL): Promise<number> {
  const numbers = await readdir('/proc/self/fd')
  const targets = await Promise.all(
    numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')),
  )
  return targets.filter((target) => target === String(file)).length
}
