import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import xxhash from 'xxhash-wasm'
import { connectNode } from '../src/connect.ts'
import { writeDemoFile } from '../src/demo-file.ts'
import { type LocalBackend, startLocalBackend } from '../src/local-backend.ts'
import { run } from '../src/run.ts'
import { runDemo } from '../src/run-demo.ts'
import { compareFiles } from '../src/same-bytes.ts'
import { FakeIo } from './fake-io.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { tinyS3 } from './tiny-s3.ts'

const PART_SIZE = 64 * 1024

async function localBackend(dir: string): Promise<LocalBackend> {
  const backend = await startLocalBackend({
    port: 0,
    dir: join(dir, 'storage'),
    partSize: PART_SIZE,
    urlTtlSeconds: undefined,
  })
  onTestFinished(() => backend.close())
  return backend
}

function uploadArguments({ endpoints }: LocalBackend): string[] {
  const { start, urls, complete, listParts, abort } = endpoints
  return [
    ...['--start', start, '--urls', urls, '--complete', complete],
    ...['--list-parts', listParts, '--abort', abort],
  ]
}

test('files of every size arrive whole, and a missing one does not stop them', async () => {
  const dir = await temporaryFolder()
  const backend = await localBackend(dir)
  const { h64Raw } = await xxhash()
  const sizes = [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 10 * PART_SIZE + 7]
  const paths = sizes.map((size) => join(dir, `file of ${size} bytes.bin`))
  for (const [index, path] of paths.entries()) await writeDemoFile(path, sizes[index] ?? 0)
  const missing = join(dir, 'missing.bin')

  const io = new FakeIo()
  const argv = ['upload', ...paths, missing, ...uploadArguments(backend), '--json']
  expect(await run(argv, io, connectNode)).toBe(1)

  const lines = io.stdout.lines.map((line) => JSON.parse(line))
  expect(lines.at(-1)).toMatchObject({ type: 'summary', completed: sizes.length, failed: 1 })
  for (const path of paths) {
    const last = lines.filter(({ file }) => file === path).at(-1)
    expect(last).toMatchObject({ status: 'completed', name: basename(path), percentage: 100 })
    const source = await readFile(path)
    expect(source.equals(await readFile(backend.objectPath(last.key)))).toBe(true)
    expect(last.fileHash).toBe(h64Raw(source).toString(16).padStart(16, '0'))
  }
  expect(lines.filter(({ file }) => file === missing).at(-1)).toMatchObject({
    id: null,
    status: 'failed',
    error: { code: 'file_not_found' },
  })
  expect(io.stderr.text).toContain('[file_not_found]')
})

test('the command that serve prints uploads to it', async () => {
  const dir = await temporaryFolder()
  const file = join(dir, 'a.txt')
  await writeFile(file, 'hello')

  const server = new FakeIo()
  const served = run(['serve', '--port', '0', '--dir', join(dir, 'storage')], server, connectNode)
  await expect.poll(() => server.stdout.text).toContain('Ctrl-C stops.')
  const [, printed = ''] = server.stdout.text.split('s3-bg-uploader upload FILE')
  const options = printed.match(/--[a-z-]+ http:\S+/g)?.flatMap((option) => option.split(' ')) ?? []

  const io = new FakeIo()
  expect(await run(['upload', file, ...options], io, connectNode)).toBe(0)
  expect(io.stdout.text).toContain(`completed  ${file} (5 B)`)
  const stored = /^stored (.*)$/m.exec(server.stdout.text)?.[1] ?? ''
  expect(await readFile(stored, 'utf8')).toBe('hello')

  server.send('SIGTERM')
  expect(await served).toBe(0)
  expect(server.stdout.lines.at(-1)).toBe('stopped')
})

/** The SDK finds these, and nothing of the machine's own. */
function stubAwsEnvironment(variables: Readonly<Record<string, string>>): void {
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_'))) {
    vi.stubEnv(name, undefined)
  }
  const none = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }
  for (const [name, value] of Object.entries({ ...none, ...variables })) vi.stubEnv(name, value)
}

test('serve --storage s3 puts files into the bucket', async () => {
  stubAwsEnvironment({ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'SECRET' })
  const file = join(await temporaryFolder(), 'a.txt')
  await writeFile(file, 'hello')
  const { endpoint, requests, objects } = await tinyS3('videos')

  const server = new FakeIo()
  const argv = ['serve', '--port', '0', '--storage', 's3', '--bucket', 'videos', '--path-style']
  const served = run([...argv, '--endpoint', endpoint], server, connectNode)
  await expect.poll(() => server.stdout.text).toContain('objects go to s3://videos')
  const options =
    server.stdout.text
      .match(/--[a-z-]+ http:\S+/g)
      ?.join(' ')
      .split(' ') ?? []
  const io = new FakeIo()
  expect(await run(['upload', file, ...options], io, connectNode)).toBe(0)

  const [[key, bytes] = []] = objects
  expect(bytes?.toString()).toBe('hello')
  expect(server.stdout.text).toContain(`stored s3://videos/${key}`)
  const put = requests.find(({ method }) => method === 'PUT')
  expect(put).toMatchObject({ authorization: '' })
  expect(put?.url.searchParams.get('X-Amz-Credential')).toMatch(/^AKID\/\d+\/us-east-1\/s3\//)
  server.send('SIGTERM')
  expect(await served).toBe(0)
  expect(server.stdout.text + server.stderr.text + io.stdout.text).not.toContain('SECRET')
})

test('serve --storage s3 tells of a bucket that is not there', async () => {
  stubAwsEnvironment({ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'SECRET' })
  const { endpoint } = await tinyS3('videos')
  const server = new FakeIo()
  const argv = ['serve', '--port', '0', '--storage', 's3', '--bucket', 'other', '--path-style']
  const served = run([...argv, '--endpoint', endpoint], server, connectNode)
  await expect.poll(() => server.stdout.text).toContain('Ctrl-C stops.')
  const url = /startUpload +(\S+)/.exec(server.stdout.text)?.[1] ?? ''
  const body = JSON.stringify({ fileName: 'a', fileHash: '0'.repeat(16), fileSize: 1 })
  expect((await fetch(url, { method: 'POST', body })).status).toBe(500)
  expect(server.stderr.text).toMatch(/^error: NoSuchBucket: .*\n$/)
  server.send('SIGTERM')
  expect(await served).toBe(0)
})

test('serve --storage s3 says which credentials it needs', async () => {
  stubAwsEnvironment({ AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-central-1' })
  const io = new FakeIo()
  expect(await run(['serve', '--storage', 's3', '--bucket', 'b'], io, connectNode)).toBe(1)
  expect(io.stderr.text).toMatch(/^error: .*credentials.*\nhint: .*AWS_ACCESS_KEY_ID/)
})

test('serve says when its port is taken', async () => {
  const dir = await temporaryFolder()
  const { origin } = await localBackend(dir)
  const io = new FakeIo()
  const argv = ['serve', '--port', new URL(origin).port, '--dir', join(dir, 'other')]
  expect(await run(argv, io, connectNode)).toBe(1)
  expect(io.stderr.lines[1]).toContain('--port 0')
})

test('the demo makes a file, uploads it and compares', async () => {
  const dir = await temporaryFolder()
  const io = new FakeIo({ isTTY: true })
  const options = { dir: join(dir, 'demo'), paths: [], size: 1_000_000, partSize: PART_SIZE }
  expect(await runDemo(options, io, connectNode)).toBe(0)
  expect(io.stdout.text).toContain('equals the source, byte for byte')
  expect(io.stdout.text).toMatch(/SHA-256 {2}[0-9a-f]{64}/)
})

test('the demo takes files, and fails where one fails', async () => {
  const dir = await temporaryFolder()
  const io = new FakeIo()
  const paths = [join(dir, 'given.bin'), join(dir, 'missing.bin')]
  await writeFile(paths[0] ?? '', 'given')
  const options = { dir: join(dir, 'demo'), paths, size: 0, partSize: PART_SIZE }
  expect(await runDemo(options, io, connectNode)).toBe(1)
  expect(io.stdout.text).toContain('equals the source, byte for byte (5 B)')
  expect(io.stderr.text).toContain('missing.bin')
})

test('a difference of one byte is found, wherever it is', async () => {
  const dir = await temporaryFolder()
  const [left, right] = [join(dir, 'left'), join(dir, 'right')]
  const bytes = Buffer.alloc(2 * 1024 * 1024 + 5)
  await writeFile(left, bytes)
  await writeFile(right, bytes)
  expect(await compareFiles(left, right)).toMatchObject({ same: true, size: bytes.length })
  await writeFile(right, bytes.subarray(1))
  expect(await compareFiles(left, right)).toEqual({ same: false, from: 2 * 1024 * 1024 })
  bytes[bytes.length - 1] = 1
  await writeFile(right, bytes)
  expect(await compareFiles(left, right)).toEqual({ same: false, from: 2 * 1024 * 1024 })
})
