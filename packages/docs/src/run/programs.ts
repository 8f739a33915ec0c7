import assert from 'node:assert/strict'
import { join } from 'node:path'
import { commandsOf } from '../check-commands.ts'
import type { ParsedPage } from '../parse-page.ts'
import { type Child, startNode } from './child.ts'
import { makeStage, type Stage } from './stage.ts'

/** What a reader would run, and what has to come of it. */
export interface Program {
  readonly name: string
  run(scene: Scene): Promise<void>
}

interface Scene {
  readonly repository: string
  /** Where programs may write; packages are found from there. */
  readonly scratch: string
  page(path: string): ParsedPage
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'README: the quick start for Node uploads to the quick start for backends',
    async run(scene) {
      await sendToBackend(scene, 'quick-start', { 'video.mp4': 20 }, async (stage) => {
        const program = stage.put(scene.page('README.md'), 'upload.ts')
        assert.match(await startNode([program], stage.folder).done, /^100$/m)
      })
    },
  },
  {
    name: 'README: the command line uploads to the backend that it serves',
    async run(scene) {
      const stage = await makeStage(join(scene.scratch, 'command-line'))
      stage.makeFile('video.mp4', 20 * 1024 ** 2)
      const { blocks } = scene.page('README.md')
      const block = blocks.find(
        ({ language, code }) => language === 'sh' && code.includes('s3-bg-uploader serve'),
      )
      assert(block !== undefined, 'README.md has no block that serves')
      const [serve, upload] = commandsOf(block).map(({ words }) => [
        join(scene.repository, 'packages/cli/bin/s3-bg-uploader.js'),
        ...words.slice(words.indexOf('s3-bg-uploader') + 1).map(stage.adapt),
      ])
      assert(serve !== undefined && upload !== undefined, 'The block does not serve and upload')
      const server = startNode(serve, stage.folder)
      try {
        await server.says(new RegExp(`127\\.0\\.0\\.1:${stage.port}`))
        await startNode(upload, stage.folder).done
        assertStored(stage, 'video.mp4')
      } finally {
        await server.stop()
      }
    },
  },
  {
    name: 'Durability: an upload that is killed goes on where it was',
    async run(scene) {
      await sendToBackend(scene, 'go-on', { 'film.mp4': 200 }, async (stage) => {
        const program = stage.put(scene.page('packages/docs/durability.md'), 'go-on.ts')
        const first = startNode([program, 'film.mp4'], stage.folder)
        await first.says(/film\.mp4: 0 of/)
        await first.stop()
        const said = await startNode([program], stage.folder).done
        assert.match(said, /^film\.mp4: \d+ of \d+ parts$/m)
      })
    },
  },
  {
    name: 'Migrating from lib-storage: what comes after runs',
    async run(scene) {
      await sendToBackend(scene, 'lib-storage', { 'film.mp4': 20 }, async (stage) => {
        const page = scene.page('packages/docs/migrating-from-lib-storage.md')
        const said = await startNode([stage.put(page, 'upload-film.ts')], stage.folder).done
        assert.match(said, /^It is at .*film\.mp4$/m)
      })
    },
  },
]

/**
 * Has something send these files to the backend of the README, and looks whether they came there.
 *
 * @param files how many MiB each has.
 */
async function sendToBackend(
  scene: Scene,
  folder: string,
  files: Readonly<Record<string, number>>,
  send: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await makeStage(join(scene.scratch, folder))
  for (const [name, size] of Object.entries(files)) stage.makeFile(name, size * 1024 ** 2)
  const server = await startServer(scene, stage)
  try {
    await send(stage)
    for (const name of Object.keys(files)) assertStored(stage, name)
  } finally {
    await server.stop()
  }
}

/** Starts the backend of the README, and waits until it listens. */
async function startServer(scene: Scene, stage: Stage): Promise<Child> {
  const server = startNode([stage.put(scene.page('README.md'), 'server.ts')], stage.folder)
  const ended = server.done.then((said) => assert.fail(`The server has ended: ${said}`))
  ended.catch(() => {
    // It ends once it is stopped, too.
  })
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${stage.port}/`).catch(() => undefined)
    if (answer !== undefined) return server
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))])
  }
}

function assertStored(stage: Stage, file: string): void {
  const stored = stage.stored('storage')
  assert(stored.has(stage.sha256(file)), `No object has the bytes of ${file}`)
}
