/** The client of minio. It sends the parts of a file one after the other, so files go at once. */
import { basename } from 'node:path'
import { peerModule } from '../peer-module.ts'
import { inLanes } from './lanes.ts'
import { runTask } from './run-task.ts'

interface Minio {
  readonly Client: new (
    options: object,
  ) => { fPutObject(bucket: string, key: string, path: string): Promise<unknown> }
}

const peers = (JSON.parse(process.argv[2] ?? '') as { readonly peers: string }).peers
const { Client } = peerModule<Minio>(peers, 'minio')

await runTask(async ({ origin, paths, partSize, slots }) => {
  const { hostname, port, protocol } = new URL(origin)
  const client = new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: protocol === 'https:',
    region: 'us-east-1',
    accessKey: 'benchmark',
    secretKey: 'benchmark',
    partSize,
  })
  await inLanes(paths, slots, async (path) => {
    await client.fPutObject('bucket', basename(path), path)
  })
})
