import type { TestFile } from '@s3-bg-uploader/testkit'
import { transportConformance } from '@s3-bg-uploader/testkit'
import { type ChosenFile, fetchTransport, indexedDbStore } from '../../../src/index.ts'
import { listCases } from './case-list.ts'
import { browserLimits, putServer } from './put-server.ts'

// What a part looks like on its way does not depend on where its bytes come from.
const FILE_GROUPS = new Set([
  'transport conformance',
  'open',
  'reopen',
  'kept files',
  'read',
  'changed files',
])

const { files, read } = indexedDbStore()
let made = 0

/** A file of the origin private file system: it changes under its handle. */
async function handle(bytes: Uint8Array, name: string): Promise<TestFile<ChosenFile>> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(String(++made), { create: true })
  const file = await folder.getFileHandle(name, { create: true })
  const write = async (content: Uint8Array): Promise<void> => {
    const writable = await file.createWritable()
    await writable.write(content.slice())
    await writable.close()
  }
  await write(bytes)
  let removed = false
  const remove = async (): Promise<void> => {
    if (!removed) await folder.removeEntry(name)
    removed = true
  }
  return { file, change: write, remove }
}

await read()
globalThis.caseList = listCases((runner) =>
  transportConformance<ChosenFile>({
    ...runner,
    describe(name, body) {
      if (FILE_GROUPS.has(name)) runner.describe(name, body)
    },
    create: async () => fetchTransport({ files }),
    file: (bytes, { name }) => handle(bytes, name),
    capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
    keepsFiles: true,
    limits: browserLimits,
    server: putServer,
  }),
)
