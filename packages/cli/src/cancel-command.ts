import { Command } from 'commander'
import { collect } from './arguments/collect.ts'
import { parseEndpointUrl } from './arguments/endpoint-url.ts'
import { parseHeaders } from './arguments/header.ts'
import { requireStateDir } from './arguments/state-dir.ts'
import type { CancelRequest } from './cancel-uploads.ts'

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions {
  readonly state?: string
  readonly abort?: string
  readonly header: readonly string[]
}

/** `s3-bg-uploader cancel`: reads its arguments and hands the request over. */
export function cancelCommand(perform: (request: CancelRequest) => Promise<void>): Command {
  return new Command('cancel')
    .description('cancel unfinished uploads of a journal: these, or all of them')
    .argument('[ids...]', 'as the status command shows them')
    .option('--state <dir>', 'the journal of upload --state (required)')
    .option('--abort <url>', 'abort endpoint: leaves no orphaned parts behind')
    .option('--header <text>', "'name: value' for the endpoint; repeatable", collect, [])
    .action((ids: string[], options: RawOptions) => perform(readRequest(ids, options)))
}

function readRequest(ids: readonly string[], { state, abort, header }: RawOptions): CancelRequest {
  return {
    ids,
    abortApi: abort === undefined ? undefined : parseEndpointUrl('--abort', abort),
    headers: parseHeaders(header),
    stateDir: requireStateDir(state),
  }
}
