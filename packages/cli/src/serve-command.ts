import { resolve } from 'node:path'
import { Command } from 'commander'
import { parseEndpointUrl } from './arguments/endpoint-url.ts'
import { parseInteger } from './arguments/integer.ts'
import { UsageError } from './usage-error.ts'

/** What S3 takes for every part but the last, bytes. */
const S3_MIN_PART_SIZE = 5 * 1024 * 1024

/** Where a backend shall put what it gets. */
export type StorageRequest =
  /** `dir` is absolute. */
  | { readonly kind: 'disk'; readonly dir: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Undefined: AWS. */
      readonly endpoint: string | undefined
      readonly region: string | undefined
      readonly pathStyle: boolean
    }

/** How the backend shall run. */
export interface ServeRequest {
  readonly port: number
  readonly storage: StorageRequest
  /** Bytes. */
  readonly partSize: number | undefined
  readonly urlTtlSeconds: number | undefined
}

/** The options as commander hands them over: text, not yet checked. */
interface RawOptions {
  readonly port: string
  readonly storage: string
  readonly dir?: string
  readonly bucket?: string
  readonly endpoint?: string
  readonly region?: string
  readonly pathStyle?: true
  readonly partSize?: string
  readonly urlTtl?: string
}

/** `s3-bg-uploader serve`: reads its arguments and hands the request over. */
export function serveCommand(perform: (request: ServeRequest) => Promise<void>): Command {
  return new Command('serve')
    .description('serve a backend for trying things out, with a folder in place of S3, or with S3')
    .option('--port <n>', 'port on 127.0.0.1, 0 for any free one', '8787')
    .option('--storage <disk|s3>', 'where the objects go', 'disk')
    .option('--dir <dir>', 'disk: the folder (default: "s3-bg-uploads")')
    .option('--bucket <name>', 's3: the bucket (required)')
    .option('--endpoint <url>', 's3: a server other than AWS')
    .option('--region <name>', 's3: the region (default: as the AWS SDK finds it)')
    .option('--path-style', 's3: the bucket stands in the path, as MinIO wants it')
    .option('--part-size <bytes>', 'size of a part (default: 8 MiB, more for huge files)')
    .option('--url-ttl <seconds>', 'how long a part URL is good for')
    .action((options: RawOptions) => perform(readRequest(options)))
}

function readRequest(options: RawOptions): ServeRequest {
  const { port, partSize, urlTtl } = options
  const storage = readStorage(options)
  const min = storage.kind === 's3' ? S3_MIN_PART_SIZE : 1
  return {
    port: parseInteger('--port', port, { min: 0, max: 65_535 }),
    storage,
    partSize: partSize === undefined ? undefined : parseInteger('--part-size', partSize, { min }),
    urlTtlSeconds:
      urlTtl === undefined
        ? undefined
        : parseInteger('--url-ttl', urlTtl, { min: 1, max: 604_800 }),
  }
}

function readStorage(options: RawOptions): StorageRequest {
  const { storage, dir, bucket, endpoint, region, pathStyle } = options
  if (storage === 'disk') {
    refuseOptions('disk', { '--bucket': bucket, '--endpoint': endpoint, '--region': region })
    refuseOptions('disk', { '--path-style': pathStyle })
    if (dir === '') throw new UsageError('--dir must not be empty')
    return { kind: 'disk', dir: resolve(dir ?? 's3-bg-uploads') }
  }
  if (storage !== 's3') throw new UsageError('--storage must be disk or s3')
  refuseOptions('s3', { '--dir': dir })
  if (!bucket) throw new UsageError('--bucket is missing', 'Name the bucket that shall be used.')
  return {
    kind: 's3',
    bucket,
    endpoint: endpoint === undefined ? undefined : parseEndpointUrl('--endpoint', endpoint),
    region,
    pathStyle: pathStyle === true,
  }
}

/** What would change nothing is a mistake. */
function refuseOptions(storage: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    throw new UsageError(`${name} is of no use with --storage ${storage}`)
  }
}
