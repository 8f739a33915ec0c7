import type { UploadSnapshot } from '@s3-bg-uploader/core'
import type { Connect } from './connect.ts'
import { errorToJson, messageOf } from './describe-error.ts'
import type { Io } from './io.ts'
import { isOver } from './is-over.ts'
import { printable } from './printable.ts'
import { ProblemLog } from './problem-log.ts'
import { formatBytes } from './quantities.ts'

export interface StatusRequest {
  readonly stateDir: string
  readonly json: boolean
}

/** Shows what a journal holds. Sends nothing and changes nothing. */
export async function showStatus(
  { stateDir, json }: StatusRequest,
  io: Io,
  connect: Connect,
): Promise<void> {
  const problems = new ProblemLog()
  const options = { config: undefined, stateDir, readOnly: true }
  const uploader = await connect(options, problems.add)
  const snapshots = uploader.uploads().map((upload) => upload.getSnapshot())
  await uploader.close()
  io.stdout.write(json ? statusJson(snapshots) : statusTable(snapshots))
  io.stderr.write(problems.describe())
}

function statusJson(snapshots: readonly UploadSnapshot[]): string {
  const lines = snapshots.map(({ error, ...rest }) => ({
    type: 'upload',
    ...rest,
    ...(error === undefined ? {} : { error: errorToJson(error) }),
  }))
  const { unfinished, ...sums } = sumUp(snapshots)
  return [...lines, { type: 'status', uploads: snapshots.length, paused: unfinished, ...sums }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

function statusTable(snapshots: readonly UploadSnapshot[]): string {
  const rows = snapshots.map((snapshot) => {
    const { id, status, percentage, totalBytes, name, error } = snapshot
    const row = [
      id,
      (isOver(snapshot) ? status : 'unfinished').padEnd(10),
      `${Math.floor(percentage)}%`.padStart(4),
      formatBytes(totalBytes).padStart(8),
      printable(name),
    ].join('  ')
    return error === undefined ? row : `${row}: ${messageOf(error)} [${error.code}]`
  })
  const { completed, failed, cancelled, unfinished, bytesLeft } = sumUp(snapshots)
  const counts = [
    `${completed} completed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled but not yet aborted`] : []),
    `${unfinished} unfinished`,
  ].join(', ')
  const left = bytesLeft > 0 ? `, ${formatBytes(bytesLeft)} to go` : ''
  return [...rows, `${counts}${left}`].map((row) => `${row}\n`).join('')
}

function sumUp(
  snapshots: readonly UploadSnapshot[],
): Record<'completed' | 'failed' | 'cancelled' | 'unfinished' | 'bytesLeft', number> {
  const count = (wanted: UploadSnapshot['status']): number =>
    snapshots.filter(({ status }) => status === wanted).length
  return {
    completed: count('completed'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    unfinished: snapshots.filter((snapshot) => !isOver(snapshot)).length,
    bytesLeft: snapshots
      .filter((snapshot) => !isOver(snapshot) || snapshot.status === 'failed')
      .reduce((sum, { totalBytes, confirmedBytes }) => sum + totalBytes - confirmedBytes, 0),
  }
}
