import { Command } from 'commander'
import { requireStateDir } from './arguments/state-dir.ts'
import type { StatusRequest } from './show-status.ts'

/** `s3-bg-uploader status`: reads its arguments and hands the request over. */
export function statusCommand(perform: (request: StatusRequest) => Promise<void>): Command {
  return new Command('status')
    .description('show what a journal holds; nothing is sent and nothing is changed')
    .option('--state <dir>', 'the journal of upload --state (required)')
    .option('--json', 'one JSON object a line', false)
    .action(({ state, json }: { readonly state?: string; readonly json: boolean }) =>
      perform({ stateDir: requireStateDir(state), json }),
    )
}
