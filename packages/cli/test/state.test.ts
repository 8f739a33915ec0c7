import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { expect, onTestFinished, test } from 'vitest'
import { connectNode } from '../src/connect.ts'
import { writeDemoFile } from '../src/demo-file.ts'
import { run } from '../src/run.ts'
import { FakeIo } from './fake-io.ts'
import { type GatedBackend, gatedBackend } from './gated-backend.ts'
import { temporaryFolder } from './temporary-folder.ts'

const PART_SIZE = 1000
const PARTS = 5

/** One part at a time: when the fourth comes, three are confirmed. */
const IN_ORDER = ['--concurrency', '1']

interface Setting {
  readonly backend: GatedBackend
  readonly state: string
  readonly file: string
  /** Runs a command with the journal. */
  command(
    name: string,
    ...argv: readonly string[]
  ): Promise<{ readonly io: FakeIo; readonly exitCode: number }>
  /** What the journal holds, byte for byte. */
  records(): Promise<readonly (readonly [string, string])[]>
}

async function setting(): Promise<Setting> {
  const dir = await temporaryFolder()
  const backend = await gatedBackend(dir, PART_SIZE)
  const state = join(dir, 'state')
  const file = join(dir, 'five parts.bin')
  await writeDemoFile(file, PARTS * PART_SIZE - 1)
  return {
    backend,
    state,
    file,
    async command(name, ...argv) {
      const io = new FakeIo()
      backend.onHeld = () => io.send('SIGINT')
      return { io, exitCode: await run([name, '--state', state, ...argv], io, connectNode) }
    },
    async records() {
      const store = levelStore(state)
      const records = await store.read()
      await store.close()
      return [...records].sort()
    },
  }
}

/** An upload that a signal stopped when it had sent three parts. */
async function interrupted(): Promise<Setting & { readonly id: string }> {
  const set = await setting()
  set.backend.limit = 3
  const argv = [set.file, ...set.backend.options, ...IN_ORDER]
  const { io, exitCode } = await set.command('upload', ...argv)
  expect(exitCode).toBe(130)
  expect(io.stdout.text).toContain(`unfinished ${set.file} (`)
  expect(io.stderr.text).toBe(
    `hint: To go on: s3-bg-uploader resume --state ${set.state}, with the endpoints and headers as before.\n`,
  )
  expect(set.backend.calls).toEqual(['start', 'urls', 1, 2, 3, 4])
  set.backend.limit = Number.POSITIVE_INFINITY
  set.backend.calls.length = 0
  const { io: status } = await set.command('status', '--json')
  return { ...set, id: JSON.parse(status.stdout.lines[0] ?? '').id }
}

async function expectStored({ backend, file, command }: Setting): Promise<void> {
  const { io } = await command('status', '--json')
  const completed = io.stdout.lines.map((line) => JSON.parse(line))[0]
  expect(completed).toMatchObject({ status: 'completed', confirmedParts: PARTS })
  const stored = await readFile(backend.objectPath(completed.key))
  expect(stored.equals(await readFile(file))).toBe(true)
}

test('resume goes on where a signal stopped an upload', async () => {
  const set = await interrupted()
  const { io, exitCode } = await set.command('resume', ...set.backend.options, ...IN_ORDER)
  expect(io.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  expect(io.stdout.text).toContain(`completed  ${basename(set.file)} (5.0 kB)`)
  expect(set.backend.calls).toEqual(['urls', 4, 5, 'complete'])
  await expectStored(set)
})

test('upload of the same file goes on too', async () => {
  const set = await interrupted()
  const { io, exitCode } = await set.command(
    'upload',
    set.file,
    ...set.backend.options,
    ...IN_ORDER,
  )
  expect(io.stdout.text).toContain(`completed  ${set.file} (5.0 kB)`)
  expect(exitCode).toBe(0)
  expect(set.backend.calls).toEqual(['urls', 4, 5, 'complete'])
  await expectStored(set)
})

test('upload of another file leaves what is in the journal as it is', async () => {
  const set = await interrupted()
  const other = join(set.state, '..', 'other.bin')
  await writeDemoFile(other, 10)
  const { exitCode } = await set.command('upload', other, ...set.backend.options)
  expect(exitCode).toBe(0)
  expect(set.backend.calls).toEqual(['start', 'urls', 1, 'complete'])
  const { io } = await set.command('status')
  expect(io.stdout.lines.at(-1)).toBe('1 completed, 1 unfinished, 2.0 kB to go')
})

test('resume with nothing to do is no failure', async () => {
  const set = await setting()
  await set.command('upload', set.file, ...set.backend.options)
  const { io, exitCode } = await set.command('resume', ...set.backend.options)
  expect(exitCode).toBe(0)
  expect(io.stdout.lines).toEqual([expect.stringMatching(/^0 files completed: /)])
})

test('--json ends with the file paused', async () => {
  const set = await interrupted()
  set.backend.limit = 0
  const { io, exitCode } = await set.command('resume', ...set.backend.options, '--json')
  expect(exitCode).toBe(130)
  const [file, summary] = io.stdout.lines.slice(-2).map((line) => JSON.parse(line))
  expect(file).toMatchObject({
    id: set.id,
    file: basename(set.file),
    status: 'paused',
    confirmedParts: 3,
    partsInFlight: 0,
    speed: 0,
  })
  expect(summary).toMatchObject({ cancelled: 1, interruptedBy: 'SIGINT', exitCode: 130 })
})

test('a failed upload is tried again', async () => {
  const set = await setting()
  set.backend.refusal = 400
  const failed = await set.command('upload', set.file, ...set.backend.options)
  expect(failed.exitCode).toBe(1)
  expect(failed.io.stderr.text).toContain('[storage_rejected, part ')
  expect(failed.io.stderr.lines.at(-1)).toMatch(/^hint: To go on: /)
  const { io } = await set.command('status')
  expect(io.stdout.lines[0]).toMatch(/ {2}failed .* five parts\.bin: .* \[storage_rejected\]$/)
  set.backend.refusal = undefined
  const { exitCode } = await set.command('resume', ...set.backend.options)
  expect(exitCode).toBe(0)
  await expectStored(set)
})

test('a file that could not be opened is not said to be in the journal', async () => {
  const set = await setting()
  const { io, exitCode } = await set.command('upload', `${set.file}.gone`, ...set.backend.options)
  expect(exitCode).toBe(1)
  expect(io.stderr.text).toContain('[file_not_found]')
  expect(io.stderr.text).not.toContain('resume')
})

test('resume does not wait for a file that is gone, and goes on when it is back', async () => {
  const set = await interrupted()
  await rename(set.file, `${set.file}.away`)
  const { io, exitCode } = await set.command('resume', ...set.backend.options)
  expect(exitCode).toBe(1)
  expect(io.stdout.text).toContain('failed     five parts.bin: The file is no longer where it was')
  expect(io.stderr.text).toContain('[file_not_found]')
  expect(set.backend.calls).toEqual([])
  await rename(`${set.file}.away`, set.file)
  const again = await set.command('resume', ...set.backend.options, ...IN_ORDER)
  expect(again.exitCode).toBe(0)
  expect(set.backend.calls).toEqual(['urls', 4, 5, 'complete'])
  await expectStored(set)
})

test('status shows what there is, sends nothing and leaves every record alone', async () => {
  const set = await interrupted()
  const store = levelStore(set.state)
  await store.read()
  // What the next upload would tidy up, and what nobody understands.
  await store.write([
    { key: 'p/unknown/0/1', value: 'etag' },
    { key: 'u/odd', value: 'odd' },
  ])
  await store.close()
  const before = await set.records()

  const text = await set.command('status')
  expect(text.exitCode).toBe(0)
  expect(text.io.stdout.lines).toEqual([
    `${set.id}  unfinished   60%    5.0 kB  five parts.bin`,
    '0 completed, 1 unfinished, 2.0 kB to go',
  ])
  expect(text.io.stderr.text).toMatch(/^warning: .*u\/odd.*\[record_corrupt\]\n/)

  const json = await set.command('status', '--json')
  expect(json.exitCode).toBe(0)
  expect(json.io.stdout.lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      type: 'upload',
      id: set.id,
      name: 'five parts.bin',
      status: 'paused',
      totalBytes: 4999,
      confirmedBytes: 3000,
      totalParts: 5,
      confirmedParts: 3,
    }),
    {
      type: 'status',
      uploads: 1,
      completed: 0,
      failed: 0,
      cancelled: 0,
      paused: 1,
      bytesLeft: 1999,
    },
  ])
  expect(set.backend.calls).toEqual([])
  expect(await set.records()).toEqual(before)
})

test('cancel tells the storage, and nothing is left to resume', async () => {
  const set = await interrupted()
  const { io, exitCode } = await set.command('cancel', '--abort', set.backend.abortApi)
  expect(io.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  expect(io.stdout.lines).toEqual([`cancelled  ${set.id}  five parts.bin`, '1 cancelled'])
  expect(set.backend.calls).toEqual(['abort'])
  expect(await set.records()).toEqual([])
})

test('cancel without an abort endpoint says what stays', async () => {
  const set = await interrupted()
  const { io, exitCode } = await set.command('cancel', set.id)
  expect(exitCode).toBe(0)
  expect(io.stderr.text).toMatch(/^hint: The storage still has the parts/)
  expect(set.backend.calls).toEqual([])
  expect(await set.records()).toEqual([])
})

test('cancel remembers an abort call that was not answered', async () => {
  const set = await interrupted()
  const nowhere = ['--abort', 'http://127.0.0.1:1/abort']
  const { io, exitCode } = await set.command('cancel', ...nowhere)
  expect(exitCode).toBe(1)
  expect(io.stderr.lines[0]).toBe('error: 1 abort call was not answered')
  const status = await set.command('status')
  expect(status.io.stdout.lines.at(-1)).toBe(
    '0 completed, 1 cancelled but not yet aborted, 0 unfinished',
  )
  const again = await set.command('cancel', '--abort', set.backend.abortApi)
  expect(again.exitCode).toBe(0)
  expect(set.backend.calls).toEqual(['abort'])
  expect(await set.records()).toEqual([])
})

test('cancel of an id that is not there cancels nothing', async () => {
  const set = await interrupted()
  const { io, exitCode } = await set.command('cancel', set.id, 'nobody')
  expect(exitCode).toBe(1)
  expect(io.stderr.lines[0]).toBe(
    'error: There is no unfinished upload nobody; nothing is cancelled',
  )
  const status = await set.command('status')
  expect(status.io.stdout.lines.at(-1)).toContain('1 unfinished')
})

test('prune forgets what is completed and nothing else', async () => {
  const set = await interrupted()
  const other = join(set.state, '..', 'other.bin')
  await writeDemoFile(other, 10)
  await set.command('upload', other, ...set.backend.options)
  const pruned = await set.command('prune')
  expect(pruned.exitCode).toBe(0)
  expect(pruned.io.stdout.lines).toEqual(['1 forgotten, 1 left'])
  const { io } = await set.command('status')
  expect(io.stdout.lines.at(-1)).toBe('0 completed, 1 unfinished, 2.0 kB to go')
  expect((await set.command('resume', ...set.backend.options)).exitCode).toBe(0)
  await set.command('prune')
  expect(await set.records()).toEqual([])
})

test.each([['upload'], ['resume'], ['status'], ['cancel'], ['prune']])(
  '%s says when the journal is in use',
  async (name) => {
    const set = await interrupted()
    const store = levelStore(set.state)
    await store.read()
    onTestFinished(() => store.close())
    const argv = {
      upload: [set.file, ...set.backend.options],
      resume: set.backend.options,
    }[name]
    const { io, exitCode } = await set.command(name, ...(argv ?? []))
    expect(exitCode).toBe(1)
    expect(io.stderr.text).toMatch(/^error: .*\[store_locked\]\nhint: /)
    expect(set.backend.calls).toEqual([])
  },
)

test.each([['resume'], ['status'], ['cancel'], ['prune']])(
  '%s makes no journal where there is none',
  async (name) => {
    const set = await setting()
    const argv = name === 'resume' ? set.backend.options : []
    const refused = async (): Promise<void> => {
      const { io, exitCode } = await set.command(name, ...argv)
      expect(exitCode).toBe(1)
      expect(io.stderr.lines).toEqual([
        `error: There is no journal in ${set.state} [store_failed]`,
        expect.stringMatching(/^hint: Check the path/),
        expect.stringMatching(/^docs: .*#store_failed$/),
      ])
    }
    await refused()
    expect(existsSync(set.state)).toBe(false)
    // A folder of somebody else, with a name that a journal has too.
    await mkdir(join(set.state, 'lock'), { recursive: true })
    await refused()
    expect(await readdir(set.state, { recursive: true })).toEqual(['lock'])
  },
)
