import type { UploaderConfig } from '@s3-bg-uploader/core'
import { Command } from 'commander'
import { parseEndpointUrl } from './arguments/endpoint-url.ts'
import { parseHeaders } from './arguments/header.ts'
import { parseInteger } from './arguments/integer.ts'
import { parseParams } from './arguments/param.ts'
import type { UploadRequest } from './upload-files.ts'
import { UsageError } from './usage-error.ts'

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions {
  readonly start?: string
  readonly urls?: string
  readonly complete?: string
  readonly listParts?: string
  readonly abort?: string
  readonly header: readonly string[]
  readonly param: readonly string[]
  readonly transfer?: string
  readonly concurrency?: string
  readonly trailingSlash: boolean
  readonly json: boolean
}

/** `s3-bg-uploader upload`: reads its arguments and hands the request over. */
export function uploadCommand(perform: (request: UploadRequest) => Promise<void>): Command {
  return new Command('upload')
    .description('upload files through the endpoints of a backend')
    .argument('<files...>', 'files to upload')
    .option('--start <url>', 'startUpload endpoint (required)')
    .option('--urls <url>', 'getUploadUrls endpoint (required)')
    .option('--complete <url>', 'complete endpoint (required)')
    .option('--list-parts <url>', 'listParts endpoint: recovers lost ETags')
    .option('--abort <url>', 'abort endpoint: leaves no orphaned parts behind on Ctrl-C')
    .option('--header <text>', "'name: value' for the endpoints; repeatable", collect, [])
    .option('--param <text>', 'name=text or name:=json for startUpload; repeatable', collect, [])
    .option('--transfer <id>', 'groups these uploads')
    .option('--concurrency <n>', 'parts sent at the same time (default: 6)')
    .option('--no-trailing-slash', 'send the start and urls endpoints as written')
    .option('--json', 'one JSON object a line instead of bars', false)
    .action((paths: string[], options: RawOptions) => perform(readRequest(paths, options)))
}

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}

function readRequest(paths: readonly string[], options: RawOptions): UploadRequest {
  const { transfer, concurrency } = options
  if (transfer === '') throw new UsageError('--transfer must not be empty')
  return {
    paths,
    config: readConfig(options),
    transferId: transfer,
    userParams: parseParams(options.param),
    concurrency:
      concurrency === undefined
        ? undefined
        : parseInteger('--concurrency', concurrency, { min: 1, max: 1000 }),
    json: options.json,
  }
}

function readConfig(options: RawOptions): UploaderConfig {
  const { start, urls, complete, listParts, abort } = options
  if (start === undefined || urls === undefined || complete === undefined) {
    const missing = Object.entries({ '--start': start, '--urls': urls, '--complete': complete })
      .filter(([, url]) => url === undefined)
      .map(([option]) => option)
    throw new UsageError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      'For a backend to try it with, run: s3-bg-uploader serve',
    )
  }
  const optional = (option: string, url: string | undefined): string | undefined =>
    url === undefined ? undefined : parseEndpointUrl(option, url)
  return {
    startUploadApi: parseEndpointUrl('--start', start),
    getUploadUrlsApi: parseEndpointUrl('--urls', urls),
    completeApi: parseEndpointUrl('--complete', complete),
    listPartsApi: optional('--list-parts', listParts),
    abortApi: optional('--abort', abort),
    headers: parseHeaders(options.header),
    trailingSlash: options.trailingSlash,
  }
}
