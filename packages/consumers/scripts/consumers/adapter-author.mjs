import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appFolder } from '../app-folder.mjs'
import { readmeBlock } from '../readme-block.mjs'
import { run } from '../run.mjs'

/** What the README of testkit tells who writes a transport: its example passes the suite. */
export const adapterAuthor = {
  name: 'README of testkit',
  async prepare(world) {
    const folder = await appFolder(world, 'adapter-author', ['core', 'backend', 'testkit'], {
      '@types/node': '20.19.9',
      typescript: '6.0.3',
      vitest: '4.1.12',
    })
    for (const file of ['blob-transport.ts', 'blob-transport.test.ts']) {
      writeFileSync(join(folder, file), readmeBlock('testkit', file))
    }
    return folder
  },
  async check(folder) {
    await run('npx', ['tsc', '-p', '.'], folder)
    const { output } = await run(
      'npx',
      ['vitest', 'run', '--testTimeout', '30000', '--reporter', 'dot'],
      folder,
    )
    return `its transport: ${/Tests\s+(.*)/.exec(output)?.[1] ?? 'no test ran'}`
  },
}
