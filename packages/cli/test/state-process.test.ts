import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { expect, test } from 'vitest'
import { writeDemoFile } from '../src/demo-file.ts'
import { gatedBackend } from './gated-backend.ts'
import { start } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const PART_SIZE = 64 * 1024

async function setting() {
  const dir = await temporaryFolder()
  const backend = await gatedBackend(dir, PART_SIZE)
  const file = join(dir, 'file.bin')
  await writeDemoFile(file, 5 * PART_SIZE)
  const state = ['--state', join(dir, 'state')] as const
  // One at a time: when the fourth part comes, three are confirmed.
  const argv = ['upload', file, ...state, ...backend.options, '--concurrency', '1']
  return { backend, file, state, argv }
}

/** The parts whose ETag is safe in the journal. */
async function journaledParts(dir: string): Promise<number[]> {
  const store = levelStore(dir)
  const records = await store.read()
  await store.close()
  return records
    .filter(([key]) => key.startsWith('p/'))
    .map(([key]) => Number(key.split('/').at(-1)))
    .sort((a, b) => a - b)
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGKILL', null],
] as const)(
  'after %s resume sends what is missing, and nothing twice',
  async (signal, exitCode) => {
    const { backend, file, state, argv } = await setting()
    backend.limit = 3
    backend.onHeld = () => {
      killed.child.kill(signal)
    }
    const killed = start(argv)
    const first = await killed.ended
    expect(first).toMatchObject({ exitCode, signal: exitCode === null ? signal : null })
    if (exitCode !== null) expect(first.stderr).toMatch(/^hint: To go on: s3-bg-uploader resume /)
    expect(backend.calls).toEqual(['start', 'urls', 1, 2, 3, 4])

    // Being killed leaves no time to write down what was confirmed last.
    const journaled = await journaledParts(state[1])
    if (exitCode !== null) expect(journaled).toEqual([1, 2, 3])

    backend.limit = Number.POSITIVE_INFINITY
    backend.calls.length = 0
    const { ended } = start(['resume', ...state, ...backend.options, '--json'])
    const { stdout, ...end } = await ended
    expect(end).toEqual({ exitCode: 0, signal: null, stderr: '' })
    const sent = backend.calls.filter((call) => typeof call === 'number').sort()
    expect(sent).toEqual([1, 2, 3, 4, 5].filter((part) => !journaled.includes(part)))
    const { key } = JSON.parse(stdout.split('\n').at(-3) ?? '')
    expect((await readFile(backend.objectPath(key))).equals(await readFile(file))).toBe(true)
  },
)

test('a second process on the same journal uploads nothing', async () => {
  const { backend, state, argv } = await setting()
  backend.limit = 0
  const held = new Promise<void>((resolve) => {
    backend.onHeld = resolve
  })
  const { child, ended } = start(argv)
  await held
  const second = await start(['resume', ...state, ...backend.options]).ended
  expect(second).toMatchObject({ exitCode: 1, stdout: '' })
  expect(second.stderr).toMatch(/^error: .*\[store_locked\]\nhint: /)
  expect(second.stderr).toContain(`process ${child.pid}`)
  expect(backend.calls).toEqual(['start', 'urls', 1])
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ exitCode: 130 })
})
