import { Command } from 'commander'
import { collect } from './arguments/collect.ts'
import {
  addEndpointOptions,
  type RawEndpointOptions,
  readEndpoints,
} from './arguments/endpoint-options.ts'
import { parseParams } from './arguments/param.ts'
import { parseStateDir } from './arguments/state-dir.ts'
import type { UploadRequest } from './upload-files.ts'
import { UsageError } from './usage-error.ts'

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions extends RawEndpointOptions {
  readonly param: readonly string[]
  readonly transfer?: string
  readonly state?: string
  readonly json: boolean
}

/** `s3-bg-uploader upload`: reads its arguments and hands the request over. */
export function uploadCommand(perform: (request: UploadRequest) => Promise<void>): Command {
  const command = new Command('upload')
    .description('upload files through the endpoints of a backend')
    .argument('<files...>', 'files to upload')
  return addEndpointOptions(command)
    .option('--param <text>', 'name=text or name:=json for startUpload; repeatable', collect, [])
    .option('--transfer <id>', 'groups these uploads')
    .option('--state <dir>', 'keeps a journal there, so that what is interrupted can go on')
    .option('--json', 'one JSON object a line instead of bars', false)
    .action((paths: string[], options: RawOptions) => perform(readRequest(paths, options)))
}

function readRequest(paths: readonly string[], options: RawOptions): UploadRequest {
  const { transfer, param, state, json } = options
  if (transfer === '') throw new UsageError('--transfer must not be empty')
  return {
    paths,
    ...readEndpoints(options),
    transferId: transfer,
    userParams: parseParams(param),
    stateDir: state === undefined ? undefined : parseStateDir(state),
    json,
  }
}
