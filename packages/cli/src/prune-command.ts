import { Command } from 'commander'
import { requireStateDir } from './arguments/state-dir.ts'
import type { PruneRequest } from './prune-journal.ts'

/** `s3-bg-uploader prune`: reads its arguments and hands the request over. */
export function pruneCommand(perform: (request: PruneRequest) => Promise<void>): Command {
  return new Command('prune')
    .description('make a journal forget what is completed or cancelled')
    .option('--state <dir>', 'the journal of upload --state (required)')
    .action(({ state }: { readonly state?: string }) =>
      perform({ stateDir: requireStateDir(state) }),
    )
}
