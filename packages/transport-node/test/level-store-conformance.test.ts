import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storeConformance } from '@s3-bg-uploader/testkit'
import { describe, it } from 'vitest'
import { levelStore } from '../src/index.ts'
import { temporaryFolder } from './temporary-file.ts'

storeConformance({
  describe,
  it,
  create: async () => {
    const folder = await temporaryFolder()
    let directory = join(folder, 'journal')
    let copies = 0
    return {
      open: async () => levelStore(directory, { onProblem: () => {} }),
      // What another process would find after a power failure: the files as they are now.
      async crash() {
        const copy = join(folder, `copy ${copies++}`)
        await cp(directory, copy, { recursive: true })
        directory = copy
      },
      corrupt: (key) => damage(join(directory, 'records'), key),
    }
  },
  capabilities: { exclusive: true, closes: true, crash: true, corrupt: true },
})

/** Changes a key where it stands in a log. */
async function damage(folder: string, key: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = await readFile(join(folder, name))
    const at = file.indexOf(key)
    if (!name.endsWith('.log') || at === -1) continue
    file.writeUInt8(file.readUInt8(at) ^ 1, at)
    return writeFile(join(folder, name), file)
  }
  throw new Error(`No log has the record ${key}`)
}
