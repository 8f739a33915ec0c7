import { UploadError } from '@s3-bg-uploader/core'
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../src/connect.ts'
import { run } from '../src/run.ts'
import { FakeIo } from './fake-io.ts'
import { FakeUploader } from './fake-uploader.ts'

const URLS = ['--start', 'http://h/s', '--urls', 'http://h/u', '--complete', 'http://h/c']

async function upload(uploader: FakeUploader, io: FakeIo, ...argv: string[]) {
  const requests: ConnectOptions[] = []
  const exitCode = await run(['upload', ...argv, ...URLS], io, async (request) => {
    requests.push(request)
    return uploader
  })
  return { exitCode, requests }
}

test('every option reaches the uploader', async () => {
  const uploader = new FakeUploader({ onAdded: (one) => one.complete() })
  const { exitCode, requests } = await upload(
    uploader,
    new FakeIo(),
    ...['a', 'b', '--list-parts', 'http://h/l', '--abort', 'http://h/a', '--no-trailing-slash'],
    ...['--header', 'authorization: t', '--param', 'album=1', '--param', 'n:=2'],
    ...['--transfer', 'trip', '--concurrency', '3'],
  )
  expect(exitCode).toBe(0)
  expect(requests).toMatchObject([
    {
      config: {
        startUploadApi: 'http://h/s',
        getUploadUrlsApi: 'http://h/u',
        completeApi: 'http://h/c',
        listPartsApi: 'http://h/l',
        abortApi: 'http://h/a',
        headers: { authorization: 't' },
        trailingSlash: false,
      },
      concurrency: 3,
    },
  ])
  const options = { transferId: 'trip', userParams: { album: '1', n: 2 } }
  expect(uploader.added).toEqual([
    { path: 'a', options },
    { path: 'b', options },
  ])
  expect(uploader.closed).toBe(true)
})

test('a file that fails does not stop the others', async () => {
  const io = new FakeIo()
  const uploader = new FakeUploader({
    onAdded: (one, path) =>
      path === 'bad' ? one.fail(new UploadError('storage_rejected', 'Refused')) : one.complete(),
  })
  const { exitCode } = await upload(uploader, io, 'missing.bin', 'bad', 'good')
  expect(exitCode).toBe(1)
  expect(io.stdout.text).toContain('completed  good')
  expect(io.stdout.lines.at(-1)).toMatch(/^1 file completed, 2 failed: /)
  expect(io.stderr.lines).toEqual([
    'error: missing.bin: There is no file at missing.bin [file_not_found]',
    expect.stringMatching(/^hint: /),
    expect.stringMatching(/^docs: .*#file_not_found$/),
    'error: bad: Refused [storage_rejected]',
    expect.stringMatching(/^hint: /),
    expect.stringMatching(/^docs: .*#storage_rejected$/),
  ])
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s cancels, tells what is not finished, and exits with %i', async (signal, code) => {
  const io = new FakeIo()
  const uploader = new FakeUploader({
    onAdded: (one, path) => {
      if (path === 'done') one.complete()
      else setImmediate(() => io.send(signal))
    },
  })
  const { exitCode } = await upload(uploader, io, 'done', 'half', 'other')
  expect(exitCode).toBe(code)
  expect(io.stdout.text).toContain('completed  done')
  expect(io.stdout.text).toContain('unfinished half')
  expect(io.stdout.text).toContain('unfinished other')
  expect(io.stdout.lines.at(-1)).toMatch(/^interrupted: 1 file completed, 2 not finished: /)
  expect(uploader.closed).toBe(true)
  expect(io.exits).toEqual([])
})

test('a second signal ends the process at once', async () => {
  const io = new FakeIo()
  class Stubborn extends FakeUploader {
    override cancel(): void {
      // The first signal is not heeded; the second one comes before the upload gives in.
      io.send('SIGINT')
      super.cancel()
    }
  }
  await upload(new Stubborn({ onAdded: () => io.send('SIGINT') }), io, 'a')
  expect(io.exits).toEqual([130])
})

test('--json ends with the summary', async () => {
  const io = new FakeIo()
  const uploader = new FakeUploader({ onAdded: (one) => one.complete() })
  await upload(uploader, io, 'a', 'missing', '--json')
  const lines = io.stdout.lines.map((line) => JSON.parse(line))
  expect(new Set(lines.slice(0, -1).map(({ type }) => type))).toEqual(new Set(['upload']))
  expect(lines.at(-1)).toMatchObject({ type: 'summary', completed: 1, failed: 1, exitCode: 1 })
  expect(lines.find(({ status }) => status === 'failed')).toMatchObject({
    file: 'missing',
    error: { code: 'file_not_found' },
  })
})

test('an uploader that refuses its configuration is wrong usage', async () => {
  const io = new FakeIo()
  const exitCode = await run(['upload', 'a', ...URLS], io, async () => {
    throw new UploadError('config_invalid', 'startUploadApi has credentials in it')
  })
  expect(exitCode).toBe(2)
  expect(io.stderr.lines[0]).toBe('error: startUploadApi has credentials in it [config_invalid]')
})

/** Runs an upload in which the disk of the journal is full for three parts. */
async function uploadToFullDisk(io: FakeIo, ...argv: string[]): Promise<void> {
  const uploader = new FakeUploader({ onAdded: (one) => one.complete() })
  await run(['upload', 'a', ...argv, ...URLS], io, async (_, onProblem) => {
    onProblem(new UploadError('record_corrupt', 'u/odd makes no sense', { hint: 'Add it again.' }))
    const added = uploader.uploadFile.bind(uploader)
    uploader.uploadFile = (path, options) => {
      for (const part of [1, 2, 3]) {
        onProblem(new UploadError('store_failed', 'The disk is full', { hint: 'Free some.', part }))
      }
      return added(path, options)
    }
    return uploader
  })
}

test('what stops nothing is told when it comes, and once more at the end', async () => {
  const io = new FakeIo()
  await uploadToFullDisk(io)
  expect(io.stdout.lines).toEqual([
    'warning    u/odd makes no sense',
    'warning    The disk is full',
    expect.stringMatching(/^started /),
    expect.stringMatching(/^completed /),
    expect.stringMatching(/^1 file completed/),
  ])
  expect(io.stderr.lines).toEqual([
    'warning: u/odd makes no sense [record_corrupt]',
    'hint: Add it again.',
    expect.stringMatching(/^docs: .*#record_corrupt$/),
    'warning: The disk is full [store_failed, part 1] (3 times)',
    'hint: Free some.',
    expect.stringMatching(/^docs: .*#store_failed$/),
  ])
})

test('--json tells what stops nothing as data', async () => {
  const io = new FakeIo()
  await uploadToFullDisk(io, '--json')
  const problems = io.stdout.lines.map((line) => JSON.parse(line)).slice(0, 2)
  expect(problems).toMatchObject([
    { type: 'problem', error: { code: 'record_corrupt', hint: 'Add it again.' } },
    { type: 'problem', error: { code: 'store_failed', message: 'The disk is full' } },
  ])
})
