import type { UploadError } from '@s3-bg-uploader/core'
import type { Connect } from './connect.ts'
import { describeProblems } from './describe-error.ts'
import type { Io } from './io.ts'

export interface PruneRequest {
  readonly stateDir: string
}

/** Makes a journal forget what is completed or cancelled. */
export async function pruneJournal(
  { stateDir }: PruneRequest,
  io: Io,
  connect: Connect,
): Promise<void> {
  const problems: UploadError[] = []
  const options = { config: undefined, stateDir }
  const uploader = await connect(options, (problem) => problems.push(problem))
  const before = uploader.uploads().length
  uploader.prune()
  const left = uploader.uploads().length
  await uploader.close()
  io.stdout.write(`${before - left} forgotten, ${left} left\n`)
  io.stderr.write(describeProblems(problems))
}
