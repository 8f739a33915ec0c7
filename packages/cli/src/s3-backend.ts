import { createHmac } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { ownedUploads } from '@s3-bg-uploader/backend'
import { CommandError } from './command-error.ts'
import { type Backend, startBackend } from './start-backend.ts'

/** What servers that only speak the language of S3 take for their region, unless told otherwise. */
const USUAL_REGION = 'us-east-1'

export interface S3BackendOptions {
  /** 0 for any free one. */
  readonly port: number
  readonly bucket: string
  /** Of a server that speaks the language of S3. Undefined: AWS. */
  readonly endpoint: string | undefined
  readonly region: string | undefined
  /** The bucket stands in the path and not in the host name. */
  readonly pathStyle: boolean
  /** Bytes. Default: 8 MiB, or more where the file would have too many parts. */
  readonly partSize: number | undefined
  readonly urlTtlSeconds: number | undefined
  readonly onStored: (key: string) => void
  /** Gets what S3 refused for reasons that are none of the client's. */
  readonly onError: (error: unknown) => void
}

/**
 * A backend on a bucket. Credentials, and the region unless it is given, are those that the AWS SDK
 * finds in the environment.
 *
 * @throws CommandError where the SDK, the credentials or the region are missing.
 */
export async function startS3Backend(options: S3BackendOptions): Promise<Backend> {
  const { bucket, endpoint, pathStyle, urlTtlSeconds } = options
  const { S3Client, s3Storage } = await loadSdk()
  const region =
    options.region ?? (endpoint === undefined ? undefined : await regionOf(new S3Client({})))
  const client = new S3Client({
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  })
  const secret = await secretOf(client)
  const storage = s3Storage({
    client,
    bucket,
    ...(urlTtlSeconds === undefined ? {} : { urlTtlSeconds }),
  })
  const backend = await startBackend({
    storage: ownedUploads(storage, { secrets: [secret] }),
    port: options.port,
    partSize: options.partSize,
    onStored: options.onStored,
    onError: options.onError,
  })
  return {
    ...backend,
    close: async () => {
      await backend.close()
      client.destroy()
    },
  }
}

/** For servers to which the name of the region means little. */
async function regionOf(client: S3Client): Promise<string> {
  try {
    return await client.config.region()
  } catch {
    // None is set anywhere.
    return USUAL_REGION
  }
}

/** Only those who ask for S3 need to have it installed. */
async function loadSdk() {
  try {
    const [{ S3Client }, { s3Storage }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@s3-bg-uploader/backend/s3'),
    ])
    return { S3Client, s3Storage }
  } catch (error) {
    if (!isMissingSdk(error)) throw error
    throw new CommandError(
      '--storage s3 needs the AWS SDK, and it is not installed',
      'Install it where s3-bg-uploader is: npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner (with --global if that is).',
    )
  }
}

function isMissingSdk(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes('@aws-sdk/')
  )
}

/**
 * Signs the ids of uploads, and is the same when the server is started again, so that clients can go on.
 *
 * @throws CommandError
 */
async function secretOf(client: S3Client): Promise<string> {
  try {
    await client.config.region()
    const { secretAccessKey } = await client.config.credentials()
    return createHmac('sha256', secretAccessKey).update('s3-bg-uploader serve').digest('hex')
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new CommandError(
      `The AWS SDK cannot start: ${said}`,
      'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or AWS_PROFILE.',
    )
  }
}
