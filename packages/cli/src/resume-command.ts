import { Command } from 'commander'
import {
  addEndpointOptions,
  type RawEndpointOptions,
  readEndpoints,
} from './arguments/endpoint-options.ts'
import { requireStateDir } from './arguments/state-dir.ts'
import type { ResumeRequest } from './resume-uploads.ts'

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions extends RawEndpointOptions {
  readonly state?: string
  readonly json: boolean
}

/** `s3-bg-uploader resume`: reads its arguments and hands the request over. */
export function resumeCommand(perform: (request: ResumeRequest) => Promise<void>): Command {
  const command = new Command('resume')
    .description('go on with what an upload with --state left unfinished, failed uploads included')
    .option('--state <dir>', 'the journal of upload --state (required)')
  return addEndpointOptions(command)
    .option('--json', 'one JSON object a line instead of bars', false)
    .action((options: RawOptions) =>
      perform({
        ...readEndpoints(options),
        stateDir: requireStateDir(options.state),
        json: options.json,
      }),
    )
}
