import type { Connect } from './connect.ts'
import type { Io } from './io.ts'
import { ProblemLog } from './problem-log.ts'

export interface PruneRequest {
  readonly stateDir: string
}

/** Makes a journal forget what is completed or cancelled. */
export async function pruneJournal(
  { stateDir }: PruneRequest,
  io: Io,
  connect: Connect,
): Promise<void> {
  const problems = new ProblemLog()
  const options = { config: undefined, stateDir }
  const uploader = await connect(options, problems.add)
  const before = uploader.uploads().length
  uploader.prune()
  const left = uploader.uploads().length
  await uploader.close()
  io.stdout.write(`${before - left} forgotten, ${left} left\n`)
  io.stderr.write(problems.describe())
}
