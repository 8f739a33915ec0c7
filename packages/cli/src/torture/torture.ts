import { join } from 'node:path'
import { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import { BackendProcess } from './backend-process.ts'
import { Rack } from './rack.ts'
import { makeSourceFiles } from './source-files.ts'
import { readStorageFacts } from './storage-facts.ts'
import type { TortureOptions } from './torture-options.ts'
import { Witness } from './witness.ts'

export interface TortureReport {
  readonly violations: readonly string[]
  readonly lines: readonly string[]
}

/**
 * Uploads files with the real program to the real backend, kills both at random moments, lets them
 * go on until everything is there, and checks what came of it.
 *
 * @param dir empty; is left as it is in the end.
 * @param preload what the uploading process loads before the program: to sabotage it.
 */
export async function torture(
  options: TortureOptions,
  dir: string,
  say: (line: string) => void,
  preload?: URL,
): Promise<TortureReport> {
  const random = new SeededRandom(options.seed)
  const files = await makeSourceFiles(join(dir, 'source'), options, random)
  const backend = new BackendProcess({ dir: join(dir, 'storage'), partSize: options.partSize })
  await backend.start()
  const witness = new Witness(() => backend.port)
  await witness.listen()
  const state = join(dir, 'state')
  const rack = new Rack({ options, state, files, backend, witness, random, say, preload })
  try {
    await rack.run()
  } finally {
    await rack.end()
    await witness.close()
    await backend.end()
  }
  const { referee } = rack
  if (rack.finished) {
    const storage = await readStorageFacts(join(dir, 'storage'), rack.journal.completed.values())
    referee.judgeEnd(rack.journal, storage, witness.uploadIds)
  }
  const { sentBytes, totalBytes, excusedBytes, unansweredAtKill, unjournaledAtKill } = referee
  const { counts } = witness
  return {
    violations: referee.violations,
    lines: [
      `files            ${files.length} (${totalBytes} bytes, ${referee.totalParts} parts)`,
      `kills            ${rack.kills} of the uploading process, ${backend.kills} of the backend`,
      `runs             ${witness.run} (${rack.uploadRuns} upload, ${rack.resumeRuns} resume)`,
      `parts sent       ${witness.attempts.length} times`,
      `bytes sent       ${sentBytes} = ${(sentBytes / totalBytes).toFixed(4)} × the files; ${excusedBytes} of them were under way when something was killed`,
      `at the kills     ${unansweredAtKill.sum} parts in flight (at most ${unansweredAtKill.most} at once), ${unjournaledAtKill.sum} answered but not yet journaled (at most ${unjournaledAtKill.most})`,
      `control calls    ${counts.start} start, ${counts.urls} urls, ${counts['list-parts']} list, ${counts.complete} complete`,
    ],
  }
}
