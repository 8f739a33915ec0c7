import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Connect } from './connect.ts'
import { writeDemoFile } from './demo-file.ts'
import { describeFailures } from './describe-error.ts'
import type { Io } from './io.ts'
import type { LocalBackend } from './local-backend.ts'
import { startLocalBackend } from './local-backend.ts'
import { printable } from './printable.ts'
import { formatBytes } from './quantities.ts'
import type { TrackedFile } from './reporters/reporter.ts'
import { compareFiles } from './same-bytes.ts'
import { ExitCode, exitCodeOf } from './summary.ts'
import { styleOf } from './terminal.ts'
import { uploadFiles } from './upload-files.ts'

export interface DemoOptions {
  /** Emptied at the start, and left for the user to look into. */
  readonly dir: string
  /** Files to upload. None: one is made. */
  readonly paths: readonly string[]
  /** Bytes of the file that is made. */
  readonly size: number
  /** Bytes of a part. */
  readonly partSize: number
}

/**
 * The whole way once, with nothing faked: a backend on a free port, an upload to it over HTTP as the
 * upload command does it, and a comparison of what was stored with the source. Never rejects.
 */
export async function runDemo(options: DemoOptions, io: Io, connect: Connect): Promise<ExitCode> {
  try {
    return await demo(options, io, connect)
  } catch (error) {
    io.stderr.write(describeFailures([{ error }]))
    return ExitCode.failed
  }
}

async function demo(options: DemoOptions, io: Io, connect: Connect): Promise<ExitCode> {
  const { dir, partSize } = options
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const paths = options.paths.length > 0 ? options.paths : [await makeFile(options, io)]
  const storage = join(dir, 'storage')
  const backend = await startLocalBackend({
    port: 0,
    dir: storage,
    partSize,
    urlTtlSeconds: undefined,
  })
  try {
    io.stdout.write(`Backend at ${backend.origin}, storage in ${shown(storage)}\n\n`)
    const { start, urls, complete, listParts, abort } = backend.endpoints
    const { files, summary } = await uploadFiles(
      {
        paths,
        config: {
          startUploadApi: start,
          getUploadUrlsApi: urls,
          completeApi: complete,
          listPartsApi: listParts,
          abortApi: abort,
        },
        transferId: undefined,
        userParams: {},
        concurrency: undefined,
        stateDir: undefined,
        json: false,
      },
      io,
      connect,
    )
    let exitCode = exitCodeOf(summary)
    for (const file of files) {
      if (file.snapshot.status !== 'completed') continue
      if (!(await verify(file, backend, io))) exitCode = ExitCode.failed
    }
    return exitCode
  } finally {
    await backend.close()
  }
}

async function makeFile({ dir, size }: DemoOptions, io: Io): Promise<string> {
  const path = shown(join(dir, 'demo.bin'))
  await writeDemoFile(path, size)
  io.stdout.write(`Made ${path} (${formatBytes(size)} of pseudo-random bytes)\n`)
  return path
}

/** Compares a source with its object, and says so. */
async function verify(file: TrackedFile, backend: LocalBackend, io: Io): Promise<boolean> {
  const { good, bad, symbols } = styleOf(io.stdout, io.env)
  const { key, fileHash } = file.snapshot
  if (key === undefined) throw new Error('A completed upload has no key')
  const object = backend.objectPath(key)
  const result = await compareFiles(file.path, object)
  io.stdout.write(
    result.same
      ? `
${good(symbols.completed)} The stored object equals the source, byte for byte (${formatBytes(result.size)})
  source   ${printable(file.path)}
  object   ${printable(shown(object))}
  XXH64    ${fileHash}
  SHA-256  ${result.sha256}
`
      : `
${bad(symbols.failed)} The stored object differs from the source, from byte ${result.from} on
  source   ${printable(file.path)}
  object   ${printable(shown(object))}
`,
  )
  return result.same
}

/** Relative where that is shorter and plain, for people. */
function shown(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere
}
