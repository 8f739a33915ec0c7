import type { Io, StopSignal } from './io.ts'
import type { LocalBackend } from './local-backend.ts'
import { startLocalBackend } from './local-backend.ts'
import { printable } from './printable.ts'
import type { ServeRequest } from './serve-command.ts'
import { exitCodeOfSignal } from './summary.ts'

/** Serves until a signal comes. */
export async function serve(request: ServeRequest, io: Io): Promise<void> {
  const stopped = untilSignal(io)
  const backend = await startLocalBackend({
    ...request,
    onStored: ({ path }) => io.stdout.write(`stored ${printable(path)}\n`),
  })
  io.stdout.write(welcome(backend, request.dir))
  await stopped
  await backend.close()
  io.stdout.write('stopped\n')
}

function welcome({ origin, endpoints }: LocalBackend, dir: string): string {
  const { start, urls, complete, listParts, abort } = endpoints
  return `Serving ${origin}, objects go to ${printable(dir)}

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
