import { resolve } from 'node:path'
import { Command } from 'commander'
import { parseInteger } from './arguments/integer.ts'
import { UsageError } from './usage-error.ts'

/** How the local backend shall run. */
export interface ServeRequest {
  readonly port: number
  /** Absolute. */
  readonly dir: string
  /** Bytes. */
  readonly partSize: number | undefined
  readonly urlTtlSeconds: number | undefined
}

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions {
  readonly port: string
  readonly dir: string
  readonly partSize?: string
  readonly urlTtl?: string
}

/** `s3-bg-uploader serve`: reads its arguments and hands the request over. */
export function serveCommand(perform: (request: ServeRequest) => Promise<void>): Command {
  return new Command('serve')
    .description('serve a backend for trying things out, with a folder in place of S3')
    .option('--port <n>', 'port on 127.0.0.1, 0 for any free one', '8787')
    .option('--dir <dir>', 'where the objects go', 's3-bg-uploads')
    .option('--part-size <bytes>', 'size of a part (default: 8 MiB, more for huge files)')
    .option('--url-ttl <seconds>', 'how long a part URL is good for')
    .action((options: RawOptions) => perform(readRequest(options)))
}

function readRequest({ port, dir, partSize, urlTtl }: RawOptions): ServeRequest {
  if (dir === '') throw new UsageError('--dir must not be empty')
  return {
    port: parseInteger('--port', port, { min: 0, max: 65_535 }),
    dir: resolve(dir),
    partSize:
      partSize === undefined ? undefined : parseInteger('--part-size', partSize, { min: 1 }),
    urlTtlSeconds:
      urlTtl === undefined
        ? undefined
        : parseInteger('--url-ttl', urlTtl, { min: 1, max: 604_800 }),
  }
}
