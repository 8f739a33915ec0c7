/** Upload of @aws-sdk/lib-storage; after the argument `no-checksums` without its CRC32. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { peerModule } from '../peer-module.ts'
import { inLanes } from './lanes.ts'
import { runTask } from './run-task.ts'

interface LibStorage {
  readonly Upload: new (options: object) => { done(): Promise<unknown> }
}
interface ClientS3 {
  readonly S3Client: new (options: object) => object
}

const checksums = process.argv[3] === 'no-checksums' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED'
const peers = (JSON.parse(process.argv[2] ?? '') as { readonly peers: string }).peers
const { Upload } = peerModule<LibStorage>(peers, '@aws-sdk/lib-storage')
const { S3Client } = peerModule<ClientS3>(peers, '@aws-sdk/client-s3')

await runTask(async ({ origin, paths, bytes, partSize, slots }) => {
  const client = new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' },
    requestChecksumCalculation: checksums,
  })
  // It sends the parts of one file at once, so files go at once only where each is one part.
  const lanes = bytes / paths.length > partSize ? 1 : slots
  await inLanes(paths, lanes, async (path) => {
    const params = { Bucket: 'bucket', Key: basename(path), Body: createReadStream(path) }
    await new Upload({ client, params, partSize, queueSize: slots }).done()
  })
})
