/**
 * Measures how fast one instance of the backend answers getUploadUrls: URLs a second, the time that a call
 * takes, and what of that the tokens of `ownedUploads` cost.
 *
 *     npm --prefix packages/benchmarks run presign -- [calls = 500] [parts a call = 100] [calls at once = 1]
 *
 * Requests go to the handler itself, without HTTP. Nothing is asked of S3: URLs are signed locally.
 * CPU is user and system time of this process.
 */
import { createRequire } from 'node:module'
import {
  createUploadHandler,
  ownedUploads,
  tokenBuckets,
  type UploadHandler,
  type UploadStorage,
} from '@s3-bg-uploader/backend'
import { type S3StorageOptions, s3Storage } from '@s3-bg-uploader/backend/s3'

const ORIGIN = 'http://backend.test'
const [calls = 500, partsInCall = 100, atOnce = 1] = process.argv.slice(2).map(Number)

// The SDK is a peer of the backend, so this is the one that the backend's tests run with.
const require = createRequire(new URL('../../backend/package.json', import.meta.url))
const { S3Client } = require('@aws-sdk/client-s3') as {
  readonly S3Client: new (config: object) => S3StorageOptions['client']
}

const client = new S3Client({
  region: 'eu-central-1',
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  },
})

const s3: UploadStorage = {
  ...s3Storage({ client, bucket: 'benchmark' }),
  // The only call on this way that would go to S3.
  create: async ({ key, partSize }) => ({ key, partSize, uploadId: 'u'.repeat(128) }),
}

const unsigned: UploadStorage = {
  ...s3,
  signParts: async (_, parts) => new Map(parts.map((part) => [part, `https://s3.test/${part}`])),
}

const secrets = ['benchmark benchmark benchmark benchmark']
const authorize = () => ({ id: 'somebody' })

async function post(handler: UploadHandler, path: string, body: object): Promise<unknown> {
  const response = await handler(
    new Request(ORIGIN + path, { method: 'POST', body: JSON.stringify(body) }),
  )
  if (response.status !== 200) throw new Error(`${path} was answered ${await response.text()}`)
  return response.json()
}

async function measure(handler: UploadHandler): Promise<object> {
  const file = { fileName: 'f.mov', fileHash: '0123456789abcdef', fileSize: 10_000 * 8 * 1024 ** 2 }
  const { key, uploadId } = (await post(handler, '/start', file)) as Record<string, string>
  const times: number[] = []
  const lane = async (calls: number) => {
    for (let call = 0; call < calls; call += 1) {
      const first = (call * partsInCall) % (10_000 - partsInCall + 1)
      const parts = Array.from({ length: partsInCall }, (_, index) => first + index + 1)
      const startedAt = performance.now()
      const { urls } = (await post(handler, '/urls', { key, uploadId, parts })) as { urls: object }
      times.push(performance.now() - startedAt)
      if (Object.keys(urls).length !== partsInCall) throw new Error('URLs are missing')
    }
  }
  await lane(Math.ceil(calls / 10)) // warms up the JIT
  times.length = 0
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: atOnce }, () => lane(Math.ceil(calls / atOnce))))
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const parts = times.length * partsInCall
  times.sort((a, b) => a - b)
  const percentile = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN
  return {
    'parts/s': Math.round(parts / seconds),
    'CPU µs a part': ((user + system) / parts).toFixed(1),
    'p50 ms': percentile(0.5).toFixed(2),
    'p99 ms': percentile(0.99).toFixed(2),
  }
}

const handlers: Readonly<Record<string, UploadHandler>> = {
  'no URLs signed': createUploadHandler({ storage: unsigned, authorize }),
  'no URLs signed, owned': createUploadHandler({
    storage: ownedUploads(unsigned, { secrets }),
    authorize,
  }),
  s3Storage: createUploadHandler({ storage: s3, authorize }),
  's3Storage, owned, limited': createUploadHandler({
    storage: ownedUploads(s3, { secrets }),
    authorize,
    rateLimit: tokenBuckets({ perSecond: 1e6, burst: 1e6 }),
  }),
}

const rows: Record<string, object> = {}
for (const [name, handler] of Object.entries(handlers)) rows[name] = await measure(handler)
console.log(`${calls} calls, ${partsInCall} parts each, ${atOnce} at once`)
console.table(rows)
client.destroy()
