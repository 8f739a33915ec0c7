import { expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { FakeIo } from './fake-io.ts'

const URLS = ['--start', 'http://h/s', '--urls', 'http://h/u', '--complete', 'http://h/c']

async function runUnconnected(...argv: string[]): Promise<{ exitCode: number; io: FakeIo }> {
  const io = new FakeIo()
  const exitCode = await run(argv, io, async () => {
    throw new Error('Nothing must be connected')
  })
  return { exitCode, io }
}

test.each([
  ['no files', ['upload', ...URLS], 'no files are given'],
  ['no endpoints', ['upload', 'a'], '--start and --urls and --complete are missing'],
  [
    'one endpoint missing',
    ['upload', 'a', '--start', 'http://h', '--urls', 'http://h'],
    '--complete is missing',
  ],
  ['not a URL', ['upload', 'a', ...URLS, '--abort', 'h/a'], '--abort is not a URL'],
  [
    'a password in a URL',
    ['upload', 'a', ...URLS, '--abort', 'http://u:SECRET@h/a'],
    '--abort must not hold credentials',
  ],
  ['an unknown option', ['upload', 'a', ...URLS, '--heder', 'x'], "unknown option '--heder'"],
  ['an option without its value', ['upload', 'a', '--start'], 'argument missing'],
  ['a bad number', ['upload', 'a', ...URLS, '--concurrency', '0'], '--concurrency must be'],
  ['a bad header', ['upload', 'a', ...URLS, '--header', 'x'], '--header takes a name and a value'],
  ['a bad param', ['upload', 'a', ...URLS, '--param', 'x'], '--param takes a name and a value'],
  ['an empty transfer', ['upload', 'a', ...URLS, '--transfer', ''], '--transfer must not be empty'],
  ['an empty state', ['upload', 'a', ...URLS, '--state', ''], '--state must not be empty'],
  ['resume without state', ['resume', ...URLS], '--state is missing'],
  ['resume without endpoints', ['resume', '--state', 's'], '--start and --urls and --complete'],
  ['resume of a file', ['resume', 'a', '--state', 's', ...URLS], 'too many arguments'],
  ['status without state', ['status'], '--state is missing'],
  ['cancel without state', ['cancel', 'id'], '--state is missing'],
  ['cancel with a bad URL', ['cancel', '--state', 's', '--abort', 'h'], '--abort is not a URL'],
  ['prune without state', ['prune'], '--state is missing'],
  ['an unknown command', ['uplaod'], "unknown command 'uplaod'"],
  ['a bad port', ['serve', '--port', '65536'], '--port must be a whole number from 0 to 65535'],
  ['a bad part size', ['serve', '--part-size', '0'], '--part-size must be'],
  ['a bad lifetime', ['serve', '--url-ttl', 'x'], '--url-ttl must be'],
  ['check without endpoints', ['check'], '--start and --urls and --complete are missing'],
  ['check with a bad origin', ['check', ...URLS, '--origin', 'http://h/'], '--origin must be'],
  [
    'check with a bad header',
    ['check', ...URLS, '--other-header', 'x'],
    '--other-header takes a name and a value',
  ],
  [
    'check as one user twice',
    ['check', ...URLS, '--header', 'a: 1', '--other-header', 'A: 1'],
    '--other-header is the same as --header',
  ],
  ['check of a file', ['check', 'a', ...URLS], 'too many arguments'],
  ['an unknown storage', ['serve', '--storage', 'tape'], '--storage must be disk or s3'],
  ['s3 without a bucket', ['serve', '--storage', 's3'], '--bucket is missing'],
  ['s3 with a folder', ['serve', '--storage', 's3', '--dir', 'd'], '--dir is of no use'],
  ['a folder with s3', ['serve', '--path-style'], '--path-style is of no use with --storage disk'],
  [
    'parts too small for s3',
    ['serve', '--storage', 's3', '--bucket', 'b', '--part-size', '5242879'],
    '--part-size must be a whole number of at least 5242880',
  ],
  [
    'an endpoint that is no URL',
    ['serve', '--storage', 's3', '--bucket', 'b', '--endpoint', 'h'],
    '--endpoint is not a URL',
  ],
  ['something too much', ['serve', 'here'], 'too many arguments'],
])('%s exits with 2 and says so', async (_, argv, message) => {
  const { exitCode, io } = await runUnconnected(...argv)
  expect(io.stderr.text).toContain(message)
  expect(io.stderr.text).toMatch(/^error: /)
  expect(io.stdout.text).toBe('')
  expect(exitCode).toBe(2)
})

test('a hint says what to do', async () => {
  const { io } = await runUnconnected('upload', 'a')
  expect(io.stderr.lines[1]).toBe('hint: For a backend to try it with, run: s3-bg-uploader serve')
})

test('no value of an option is repeated, not even of a misspelt one', async () => {
  const secrets = [
    ['--heder=authorization: SECRET'],
    ['-Hauthorization: SECRET'],
    ['-H=SECRET'],
    ['--header', 'authorization SECRET'],
    ['--start', 'SECRET'],
    ['--start', 'http://user:SECRET@h/'],
    ['--param', 'SECRET'],
    ['--concurrency', 'SECRET'],
  ]
  for (const extra of secrets) {
    const { exitCode, io } = await runUnconnected('upload', 'a', ...URLS, ...extra)
    expect(exitCode).toBe(2)
    expect(io.stderr.text).not.toContain('SECRET')
  }
})

test('nothing at all shows the help and exits with 2', async () => {
  const { exitCode, io } = await runUnconnected()
  expect(io.stderr.text).toContain('Usage: s3-bg-uploader')
  expect(exitCode).toBe(2)
})

test.each([
  ['--help'],
  ['upload', '--help'],
  ['resume', '--help'],
  ['check', '--help'],
  ['serve', '--help'],
])('asking for help exits with 0', async (...argv) => {
  const { exitCode, io } = await runUnconnected(...argv)
  expect(io.stdout.text).toContain('Usage: s3-bg-uploader')
  expect(exitCode).toBe(0)
})
