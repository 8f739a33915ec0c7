import { execFileSync } from 'node:child_process'
import fs from 'node:fs/promises'
import net from 'node:net'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { fileError } from '../src/file-error.ts'
import { FileHandle } from '../src/file-handle.ts'
import { openSource, testTransport } from './part.ts'
import { patternOf, sparseFile, temporaryFile, temporaryFolder } from './temporary-file.ts'

const posix = process.platform !== 'win32'

test('a source tells name, size, time of modification and an absolute path', async () => {
  const path = await temporaryFile('hello', 'a file #1?.txt')
  await fs.utimes(path, 1_700_000_000, 1_700_000_000.5)
  const transport = testTransport()
  const forms = [
    path,
    relative(process.cwd(), path),
    pathToFileURL(path),
    pathToFileURL(path).href,
    pathToFileURL(path).href.replace('file:', 'FILE:'),
  ]
  for (const file of forms) {
    const source = await transport.open(file)
    expect(source).toMatchObject({
      name: 'a file #1?.txt',
      size: 5,
      lastModified: 1_700_000_000_500,
      ref: { path },
    })
  }
})

test('a source is opened again by its ref, also after JSON', async () => {
  const transport = testTransport()
  const source = await transport.open(await temporaryFile('hello'))
  const again = await transport.reopen?.(JSON.parse(JSON.stringify(source.ref)))
  expect(again).toMatchObject({ size: 5, ref: source.ref })
  expect(await again?.read({ start: 1, end: 3 }, new Uint8Array(9))).toEqual(
    new Uint8Array(Buffer.from('el')),
  )
})

test.each([null, 'path', 5, [], {}, { path: 5 }, { path: 'relative/path' }])(
  'the ref %j is refused',
  async (ref) => {
    await expect(testTransport().reopen?.(ref)).rejects.toMatchObject({ code: 'file_not_found' })
  },
)

test('what does not exist is not found, with the path in the message', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'none')
  await expect(testTransport().open(path)).rejects.toMatchObject({
    name: 'UploadError',
    code: 'file_not_found',
    message: `${path} does not exist`,
    retryable: false,
  })
  const file = await temporaryFile('')
  await expect(testTransport().open(join(file, 'below'))).rejects.toMatchObject({
    code: 'file_not_found',
  })
  await expect(testTransport().open('a\0b')).rejects.toMatchObject({ code: 'file_not_found' })
})

test.each(['https://example.com/file?secret', 'file://host.example/share', 'file:///a%2Fb'])(
  'the URL %s names no local file',
  async (url) => {
    if (!posix && url.includes('host.example')) return
    const opening = testTransport().open(new URL(url))
    await expect(opening).rejects.toMatchObject({ code: 'file_not_found' })
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
  },
)

test('a folder is not a regular file', async () => {
  const folder = await temporaryFolder()
  await expect(testTransport().open(folder)).rejects.toMatchObject({
    code: 'file_not_regular',
    message: `${folder} is a directory`,
  })
})

test.runIf(posix)('a fifo is refused without waiting for its writer', async () => {
  const path = join(await temporaryFolder(), 'fifo')
  execFileSync('mkfifo', [path])
  await expect(testTransport().open(path)).rejects.toMatchObject({ code: 'file_not_regular' })
})

test.runIf(posix)('a fifo in the place of the file is found without waiting', async () => {
  const path = await temporaryFile('hello')
  const source = await openSource(path)
  await fs.rm(path)
  execFileSync('mkfifo', [path])
  await expect(source.read({ start: 0, end: 5 }, new Uint8Array(5))).rejects.toMatchObject({
    code: 'source_changed',
  })
})

test.runIf(posix)('devices and sockets are not regular files', async () => {
  await expect(testTransport().open('/dev/null')).rejects.toMatchObject({
    code: 'file_not_regular',
  })
  const path = join(await temporaryFolder(), 'socket')
  const server = net.createServer().listen(path)
  onTestFinished(() => void server.close())
  await expect(testTransport().open(path)).rejects.toMatchObject({ code: 'file_not_regular' })
})

test.runIf(posix && process.getuid?.() !== 0)('no permission: unreadable', async () => {
  const path = await temporaryFile('hello')
  await fs.chmod(path, 0o000)
  await expect(testTransport().open(path)).rejects.toMatchObject({
    code: 'file_unreadable',
    message: `${path} could not be read: EACCES`,
  })
})

test.each([
  ['EACCES', false],
  ['EIO', false],
  ['EMFILE', true],
])('%s means unreadable', (code, retryable) => {
  const cause = Object.assign(new Error(code), { code })
  expect(fileError(cause, '/a/file')).toMatchObject({
    code: 'file_unreadable',
    retryable,
    message: `/a/file could not be read: ${code}`,
    cause,
  })
})

test('any range is read into the given memory', async () => {
  const bytes = patternOf(3_000_000)
  const source = await openSource(await temporaryFile(bytes))
  const into = new Uint8Array(3_000_000)
  for (const [start, end] of [
    [0, 3_000_000],
    [1, 2],
    [2_999_999, 3_000_000],
    [3_000_000, 3_000_000],
    [12_345, 2_345_678],
  ] as const) {
    const read = await source.read({ start, end }, into)
    expect(read.buffer).toBe(into.buffer)
    expect(bytes.subarray(start, end).equals(read)).toBe(true)
  }
})

test('ranges beyond 4 GiB are read', async () => {
  const size = 5 * 2 ** 30
  const tail = patternOf(1000)
  const source = await openSource(await sparseFile(size, tail))
  expect(source.size).toBe(size)
  const read = await source.read({ start: size - 1000, end: size }, new Uint8Array(1000))
  expect(tail.equals(read)).toBe(true)
})

test('many ranges are read at once', async () => {
  const bytes = patternOf(100_000)
  const source = await openSource(await temporaryFile(bytes))
  const reads = await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      source.read({ start: at * 1000, end: at * 1000 + 1000 }, new Uint8Array(1000)),
    ),
  )
  expect(Buffer.concat(reads).equals(bytes)).toBe(true)
})

const changes: [string, (path: string) => Promise<unknown>][] = [
  ['grew', (path) => fs.appendFile(path, '!')],
  ['shrank', (path) => fs.truncate(path, 3)],
  ['was written over', (path) => fs.utimes(path, new Date(), new Date(1))],
  [
    'was replaced by another',
    async (path) => {
      await fs.writeFile(`${path}.new`, 'jello')
      await fs.utimes(`${path}.new`, new Date(), new Date(1))
      await fs.rename(`${path}.new`, path)
    },
  ],
  [
    'gave way to a folder',
    async (path) => {
      await fs.rm(path)
      await fs.mkdir(path)
    },
  ],
]

test.each(changes)('a file that %s is noticed by the next read', async (_, change) => {
  const path = await temporaryFile('hello')
  const source = await openSource(path)
  const into = new Uint8Array(5)
  await source.read({ start: 0, end: 5 }, into)
  await source.close()
  await change(path)
  await expect(source.read({ start: 0, end: 3 }, into)).rejects.toMatchObject({
    code: 'source_changed',
    message: expect.stringContaining(`${path} changed: `),
  })
})

/** A file with a time that `utimes` can give another file to the nanosecond. */
async function fileOfWholeSeconds(content: string): Promise<string> {
  const path = await temporaryFile(content)
  await fs.utimes(path, 1_700_000_000, 1_700_000_000)
  return path
}

test('a file that was replaced by another of the same size and time is noticed', async () => {
  const path = await fileOfWholeSeconds('hello')
  const source = await openSource(path)
  const into = new Uint8Array(5)
  await source.read({ start: 0, end: 5 }, into)
  await source.close()
  const { ctimeNs } = await fs.stat(path, { bigint: true })
  const other = await fileOfWholeSeconds('jello')
  // The clock of the file system ticks a few hundred times a second.
  while ((await fs.stat(other, { bigint: true })).ctimeNs === ctimeNs) await fs.chmod(other, 0o600)
  await fs.rename(other, path)
  await expect(source.read({ start: 0, end: 5 }, into)).rejects.toMatchObject({
    code: 'source_changed',
    message: `${path} changed: another file took its place`,
  })
})

test('new permissions, names and links of a file are no change', async () => {
  const path = await fileOfWholeSeconds('hello')
  const source = await openSource(path)
  await fs.chmod(path, 0o600)
  await fs.link(path, `${path}.link`)
  await fs.rename(path, `${path}.away`)
  await fs.rename(`${path}.away`, path)
  expect(await source.read({ start: 0, end: 5 }, new Uint8Array(5))).toEqual(
    new Uint8Array(Buffer.from('hello')),
  )
})

test('a drive that numbers its files anew has not changed them', async () => {
  const path = await temporaryFile('hello')
  const stats = await fs.stat(path, { bigint: true })
  const into = new Uint8Array(5)
  for (const other of [{ ino: stats.ino + 1n }, { dev: stats.dev + 1n }]) {
    const first = Object.assign(Object.create(Object.getPrototypeOf(stats)), stats, other)
    const file = new FileHandle(path, first)
    await file.use(() => file.fill(into, 0))
    await file.closeIfIdle()
    expect(Buffer.from(into).toString()).toBe('hello')
  }
})

test('a file that was removed is not found', async () => {
  const path = await temporaryFile('hello')
  const source = await openSource(path)
  await fs.rm(path)
  await expect(source.read({ start: 0, end: 5 }, new Uint8Array(5))).rejects.toMatchObject({
    code: 'file_not_found',
  })
})

test('a change within the same millisecond is noticed', async () => {
  const path = await temporaryFile('hello')
  await fs.utimes(path, 1_700_000_000, 1_700_000_000.0001)
  const source = await openSource(path)
  await fs.utimes(path, 1_700_000_000, 1_700_000_000.0002)
  await expect(source.read({ start: 0, end: 5 }, new Uint8Array(5))).rejects.toMatchObject({
    code: 'source_changed',
  })
})

test('a range past the end of the file is a change, not a short answer', async () => {
  const source = await openSource(await temporaryFile('hello'))
  await expect(source.read({ start: 0, end: 6 }, new Uint8Array(6))).rejects.toMatchObject({
    code: 'source_changed',
  })
})

test('closing twice is fine', async () => {
  const source = await openSource(await temporaryFile('hello'))
  await source.read({ start: 0, end: 5 }, new Uint8Array(5))
  await source.close()
  await source.close()
})
