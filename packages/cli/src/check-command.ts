import { isDeepStrictEqual } from 'node:util'
import { Command } from 'commander'
import { collect } from './arguments/collect.ts'
import {
  addBackendOptions,
  type RawBackendOptions,
  readEndpointUrls,
} from './arguments/endpoint-options.ts'
import { parseHeaders } from './arguments/header.ts'
import { parseOrigin } from './arguments/origin.ts'
import { parseParams } from './arguments/param.ts'
import type { CheckRequest } from './check/check-request.ts'
import { UsageError } from './usage-error.ts'

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions extends RawBackendOptions {
  readonly otherHeader: readonly string[]
  readonly origin?: string
  readonly param: readonly string[]
}

/** `s3-bg-uploader check`: reads its arguments and hands the request over. */
export function checkCommand(perform: (request: CheckRequest) => Promise<void>): Command {
  const command = new Command('check').description(
    'check a backend of yours against the contract, by small uploads to it',
  )
  return addBackendOptions(command)
    .option('--other-header <text>', 'the same of another user; repeatable', collect, [])
    .option('--origin <origin>', 'of pages that may upload, for CORS')
    .option('--param <text>', 'name=text or name:=json for startUpload; repeatable', collect, [])
    .action((options: RawOptions) => perform(readRequest(options)))
}

function readRequest(options: RawOptions): CheckRequest {
  const { header, otherHeader, origin, param, trailingSlash } = options
  const headers = parseHeaders(header)
  const otherHeaders =
    otherHeader.length === 0 ? undefined : parseHeaders(otherHeader, '--other-header')
  if (otherHeaders !== undefined && isDeepStrictEqual(headers, otherHeaders)) {
    throw new UsageError(
      '--other-header is the same as --header',
      'It must be the credentials of another user, who may upload as well.',
    )
  }
  return {
    endpoints: readEndpointUrls(options),
    headers,
    otherHeaders,
    origin: origin === undefined ? undefined : parseOrigin('--origin', origin),
    trailingSlash,
    userParams: parseParams(param),
  }
}
