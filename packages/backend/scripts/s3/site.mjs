import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
// The packages below depend on this one, so it cannot depend on them; what `npm run build` made will do.
import { createUploader } from '../../../core/dist/index.js'
import { nodeTransport } from '../../../transport-node/dist/index.js'
import { createUploadHandler, ownedUploads } from '../../dist/index.js'
import { nodeListener } from '../../dist/node/index.js'
import { s3Storage } from '../../dist/s3/index.js'

const MIB = 1024 * 1024

/** The least that S3 takes of every part but the last. */
const PART_SIZE = 5 * MIB

/** A server that runs, a bucket on it, and an app's backend in front of it. */
export class Site {
  bucket = `uploads-${randomBytes(4).toString('hex')}`
  /** Objects below `kept/` that rows made: key → SHA-256. */
  made = new Map()
  #closing = []

  /** @param folder for files that the rows need. */
  constructor(endpoint, server, folder) {
    this.endpoint = endpoint
    this.server = server
    this.folder = folder
    this.client = this.clientOf(server.keys)
  }

  clientOf(credentials) {
    const { endpoint } = this
    return new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  }

  async open() {
    await this.client.send(new CreateBucketCommand({ Bucket: this.bucket }))
  }

  async close() {
    for (const close of this.#closing) await close()
    this.client.destroy()
  }

  /** Handler and storage as an app would put them together. `seen` counts control calls by their route. */
  async backend({
    urlTtlSeconds = 600,
    partSize = PART_SIZE,
    key,
    client = this.client,
    lost,
  } = {}) {
    const { bucket } = this
    const storage = s3Storage({ client, bucket, urlTtlSeconds })
    const started = []
    const recording = {
      ...storage,
      create: async (upload) => {
        const answer = await storage.create(upload)
        started.push(answer)
        return answer
      },
    }
    const errors = []
    const handler = createUploadHandler({
      storage: this.server.bare
        ? recording
        : ownedUploads(recording, { secrets: [randomBytes(32).toString('hex')] }),
      authorize: (request) => {
        const id = request.headers.get('authorization')
        return id === null ? undefined : { id }
      },
      partSizeFor: (fileSize) => Math.max(partSize, Math.ceil(fileSize / 10_000)),
      onError: (error) => errors.push(error),
      cors: { origins: '*' },
      ...(key === undefined ? {} : { keyFor: () => key }),
    })
    const seen = {}
    let toLose = lost
    const listener = nodeListener(async (request) => {
      const [, route] = new URL(request.url).pathname.split('/')
      seen[route] = (seen[route] ?? 0) + 1
      const response = await handler(request)
      if (route !== toLose) return response
      toLose = undefined
      // The client sees that the exchange broke.
      return new Response(
        new ReadableStream({ pull: (controller) => controller.error(new Error('lost')) }),
      )
    })
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#closing.push(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    const base = `http://127.0.0.1:${server.address().port}`
    const config = {
      startUploadApi: `${base}/start`,
      getUploadUrlsApi: `${base}/urls`,
      completeApi: `${base}/complete`,
      listPartsApi: `${base}/list-parts`,
      abortApi: `${base}/abort`,
      headers: { authorization: 'ann' },
    }
    return { config, storage, started, errors, seen, handler }
  }

  /**
   * Uploads a file as an app on Node does. `put` may stand between the core and the transport:
   * `(request, send) => answer`.
   */
  async upload(path, backend, { put, concurrency = 4 } = {}) {
    const transport = nodeTransport()
    const between = async (opening) => {
      const source = await opening
      const { name, size, lastModified, ref } = source
      return {
        ...{ name, size, lastModified, ref },
        read: (range, into) => source.read(range, into),
        put: (request) => put(request, (asked) => source.put(asked)),
        close: () => source.close(),
      }
    }
    const uploader = await createUploader({
      transport:
        put === undefined
          ? transport
          : { ...transport, open: (file) => between(transport.open(file)), reopen: undefined },
      config: backend.config,
      concurrency,
      // What is tried again is tried at once, so that a row that fails does so soon.
      platform: { random: { draw: (name) => (name === 'retry' ? 0 : Math.random()) } },
      onProblem: (error) => backend.errors.push(error),
    })
    try {
      const upload = await uploader.uploadFile(path)
      const { key } = await upload.done
      return key
    } finally {
      await uploader.close()
    }
  }

  /** Starts an upload of one part below the handler, and gives a URL for that part. */
  async begin(storage, key) {
    const file = { fileName: key, fileHash: '0'.repeat(16), fileSize: 5, partSize: 5 }
    const started = await storage.create({ owner: 'ann', key, userParams: {}, ...file })
    const upload = { owner: 'ann', ...started }
    const url = (await storage.signParts(upload, [1], { partsUrl: '' })).get(1)
    return { upload, url }
  }

  /** The bytes of an object, through the SDK. */
  async object(key) {
    const answer = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }))
    return answer.Body.transformToByteArray()
  }

  /** Remembers for the row that reads back, after a first look. */
  async keep(key, content) {
    const expected = sha256(content)
    const found = sha256(await this.object(key))
    if (found !== expected) throw new Error(`the object at ${key} has other bytes than the file`)
    this.made.set(key, expected)
  }
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
