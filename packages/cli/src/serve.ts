import type { Io, StopSignal } from './io.ts'
import { startLocalBackend } from './local-backend.ts'
import { printable } from './printable.ts'
import { startS3Backend } from './s3-backend.ts'
import type { ServeRequest } from './serve-command.ts'
import type { Backend } from './start-backend.ts'
import { exitCodeOfSignal } from './summary.ts'

/** Serves until a signal comes. */
export async function serve(request: ServeRequest, io: Io): Promise<void> {
  const stopped = untilSignal(io)
  const { backend, place } = await start(request, io)
  io.stdout.write(welcome(backend, place))
  await stopped
  await backend.close()
  io.stdout.write('stopped\n')
}

async function start(
  { storage, ...request }: ServeRequest,
  io: Io,
): Promise<{ readonly backend: Backend; readonly place: string }> {
  const onStored = (object: string): void => {
    io.stdout.write(`stored ${printable(object)}\n`)
  }
  if (storage.kind === 'disk') {
    const { dir } = storage
    const options = { ...request, dir, onStored: ({ path }: { path: string }) => onStored(path) }
    return { backend: await startLocalBackend(options), place: dir }
  }
  const place = `s3://${storage.bucket}`
  const backend = await startS3Backend({
    ...request,
    ...storage,
    onStored: (key) => onStored(`${place}/${key}`),
    onError: (error) => io.stderr.write(`error: ${printable(reasonOf(error))}\n`),
  })
  return { backend, place }
}

/** What S3 said, by its name there: `NoSuchBucket: The specified bucket does not exist`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const reason = error.cause instanceof Error ? error.cause : error
  return `${reason.name}: ${reason.message}`
}

function welcome({ origin, endpoints }: Backend, place: string): string {
  const { start, urls, complete, listParts, abort } = endpoints
  return `Serving ${origin}, objects go to ${printable(place)}

  startUpload    ${start}
  getUploadUrls  ${urls}
  complete       ${complete}
  listParts      ${listParts}
  abort          ${abort}

Upload from another terminal:

  s3-bg-uploader upload FILE \\
    --start ${start} \\
    --urls ${urls} \\
    --complete ${complete} \\
    --list-parts ${listParts} \\
    --abort ${abort}

Ctrl-C stops.
`
}

/** Resolves with the first signal; a second one ends the process at once. */
function untilSignal(io: Io): Promise<void> {
  return new Promise((resolve) => {
    let seen = false
    const onSignal = (signal: StopSignal) => (): void => {
      if (seen) io.exit(exitCodeOfSignal(signal))
      seen = true
      resolve()
    }
    io.signals.on('SIGINT', onSignal('SIGINT'))
    io.signals.on('SIGTERM', onSignal('SIGTERM'))
  })
}
