import { type TestFile, transportConformance } from '@s3-bg-uploader/testkit'
import { fetchTransport } from '../../../src/index.ts'
import { listCases } from './case-list.ts'
import { pageParam } from './page-params.ts'
import { browserLimits, putServer } from './put-server.ts'

declare global {
  /** Writes a file of the disk outside and chooses it in the page's input. */
  function chooseFile(path: string): Promise<void>
}

const disk = pageParam('disk')
let made = 0
let choosing: Promise<unknown> = Promise.resolve()

/** A file on the disk, as a user chooses it. */
async function chosenFile(bytes: Uint8Array, name: string): Promise<TestFile<File>> {
  const path = `${++made}/${name}`
  const url = `${disk}/${encodeURIComponent(path)}`
  const write = async (content: Uint8Array): Promise<void> => {
    await fetch(url, { method: 'PUT', body: new Blob([content.slice()]) })
  }
  await write(bytes)
  return {
    file: await choose(path),
    change: write,
    async remove() {
      await fetch(url, { method: 'DELETE' })
    },
  }
}

/** One at a time: there is one input. */
function choose(path: string): Promise<File> {
  const chosen = choosing.then(async () => {
    await chooseFile(path)
    const file = document.querySelector('input')?.files?.[0]
    if (file === undefined) throw new Error('No file was chosen')
    return file
  })
  choosing = chosen.catch(() => {})
  return chosen
}

globalThis.caseList = listCases((runner) =>
  transportConformance<File>({
    ...runner,
    create: async () => fetchTransport(),
    file: (bytes, { name }) => chosenFile(bytes, name),
    capabilities: { progress: true, reopen: false, nativeHash: false, background: false },
    limits: browserLimits,
    server: putServer,
  }),
)
