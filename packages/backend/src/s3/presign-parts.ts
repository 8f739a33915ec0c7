import { type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'

type HttpRequest = Parameters<S3RequestPresigner['presign']>[0]

/** An upload as S3 knows it. */
export interface S3Upload {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
}

/**
 * One URL for each part, signed here: only fetching credentials may need the network. Only the host is a
 * signed header, so a bare PUT of the bytes is all that a client has to send.
 *
 * @param ttlSeconds Less if the credentials end earlier, so that the URL tells the truth (§6.4).
 */
export async function presignParts(
  client: S3Client,
  upload: S3Upload,
  partNumbers: readonly number[],
  ttlSeconds: number,
): Promise<ReadonlyMap<number, string>> {
  const urls = new Map<number, string>()
  const { target, signingRegion } = await targetOf(client, upload)
  const presigner = new S3RequestPresigner(client.config)
  const expiresIn = Math.min(ttlSeconds, await secondsLeft(client))
  for (const partNumber of partNumbers) {
    const query = { partNumber: String(partNumber), uploadId: upload.uploadId }
    // The presigner writes into the headers.
    const request: HttpRequest = { ...target, query, headers: {} }
    urls.set(partNumber, urlOf(await presigner.presign(request, { expiresIn, signingRegion })))
  }
  return urls
}

/**
 * Where the SDK would send a part: the client's endpoint, bucket addressing and region are its business.
 *
 * `getSignedUrl` would do all of this again for every part, at several times the cost, and would sign the
 * checksum of an empty body into the URL, which servers then hold against the bytes that come.
 */
async function targetOf(
  client: S3Client,
  { bucket, key, uploadId }: S3Upload,
): Promise<{ readonly target: HttpRequest; readonly signingRegion: string }> {
  let found: { target: HttpRequest; signingRegion: string } | undefined
  const command = new UploadPartCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    PartNumber: 1,
  })
  command.middlewareStack.add(
    (_, context) => async (args) => {
      const region: unknown = context.signing_region
      found = {
        target: args.request as HttpRequest,
        signingRegion: typeof region === 'string' ? region : await client.config.region(),
      }
      // Nothing is sent: the steps that sign and send come after this one.
      return { response: {}, output: { $metadata: {} } }
    },
    { step: 'build', priority: 'low', name: 'takeTarget' },
  )
  await client.send(command)
  if (found === undefined) throw new Error('The S3 client did not build a request.')
  return found
}

/** Whole seconds that the client's credentials are still good for. */
async function secondsLeft(client: S3Client): Promise<number> {
  const { expiration } = await client.config.credentials()
  if (expiration === undefined) return Number.POSITIVE_INFINITY
  return Math.max(1, Math.floor((expiration.getTime() - Date.now()) / 1000))
}

function urlOf({ protocol, hostname, port, path, query = {} }: HttpRequest): string {
  const host = port === undefined ? hostname : `${hostname}:${port}`
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`)
  return `${protocol}//${host}${path}?${pairs.join('&')}`
}

/** As Signature Version 4 wants it. */
function encode(value: string | readonly string[] | null): string {
  return encodeURIComponent(String(value)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
