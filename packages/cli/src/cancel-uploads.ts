import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { CommandError } from './command-error.ts'
import type { Connect } from './connect.ts'
import type { Io } from './io.ts'
import { printable } from './printable.ts'
import { ProblemLog } from './problem-log.ts'

export interface CancelRequest {
  readonly stateDir: string
  /** None: all that is not finished. */
  readonly ids: readonly string[]
  /** Undefined: the storage is not told. */
  readonly abortApi: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** Cancels unfinished uploads of a journal; with an abort endpoint the storage forgets them too. */
export async function cancelUploads(
  { stateDir, ids, abortApi, headers }: CancelRequest,
  io: Io,
  connect: Connect,
): Promise<void> {
  const problems = new ProblemLog()
  // All uploads rest, so nothing but abort calls is sent: the other endpoints are never asked. But
  // only who is configured knows that there is no abort endpoint, and not one that is still to come.
  const unasked = abortApi ?? 'http://localhost/'
  const uploader = await connect(
    {
      stateDir,
      config: {
        startUploadApi: unasked,
        getUploadUrlsApi: unasked,
        completeApi: unasked,
        abortApi,
        headers,
      },
    },
    problems.add,
  )
  let cancelled: readonly Upload[] = []
  try {
    cancelled = chosen(uploader, ids)
    for (const upload of cancelled) upload.cancel()
  } finally {
    // Gives the abort calls a moment.
    await uploader.close()
  }
  for (const upload of cancelled) {
    io.stdout.write(`cancelled  ${upload.id}  ${printable(upload.getSnapshot().name)}\n`)
  }
  io.stdout.write(`${cancelled.length} cancelled\n`)
  io.stderr.write(problems.describe())
  if (abortApi === undefined) {
    const hadParts = cancelled.some((upload) => upload.getSnapshot().totalParts > 0)
    if (hadParts) {
      io.stderr.write(
        'hint: The storage still has the parts that were sent; --abort removes them.\n',
      )
    }
  } else await tellWhatIsLeft(stateDir, connect)
}

function chosen(uploader: Uploader<string>, ids: readonly string[]): readonly Upload[] {
  const unfinished = uploader.uploads().filter((upload) => {
    const { status } = upload.getSnapshot()
    return status !== 'completed' && status !== 'cancelled'
  })
  if (ids.length === 0) return unfinished
  return [...new Set(ids)].map((id) => {
    const upload = unfinished.find((one) => one.id === id)
    if (upload !== undefined) return upload
    throw new CommandError(
      `There is no unfinished upload ${printable(id)}; nothing is cancelled`,
      'The status command shows the ids.',
    )
  })
}

/** An upload stays in the journal until its abort call was answered. */
async function tellWhatIsLeft(stateDir: string, connect: Connect): Promise<void> {
  const uploader = await connect({ stateDir, config: undefined, readOnly: true }, () => {})
  const left = uploader
    .uploads()
    .filter((upload) => upload.getSnapshot().status === 'cancelled').length
  await uploader.close()
  if (left === 0) return
  throw new CommandError(
    `${left} abort ${left === 1 ? 'call was' : 'calls were'} not answered`,
    'The journal remembers them: run this again when the backend can be reached.',
  )
}
