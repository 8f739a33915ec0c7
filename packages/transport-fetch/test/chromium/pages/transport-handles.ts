import type { TestFile } from '@s3-bg-uploader/testkit'
import { transportConformance } from '@s3-bg-uploader/testkit'
import { type ChosenFile, fetchTransport } from '../../../src/index.ts'
import { listCases } from './case-list.ts'
import { memoryFiles } from './memory-files.ts'
import { browserLimits, putServer } from './put-server.ts'

// Reopened by other transports of this page, as a reload would.
const files = memoryFiles()
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

globalThis.caseList = listCases((runner) =>
  transportConformance<ChosenFile>({
    ...runner,
    create: async () => fetchTransport({ files }),
    file: (bytes, { name }) => handle(bytes, name),
    capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
    limits: browserLimits,
    server: putServer,
  }),
)
