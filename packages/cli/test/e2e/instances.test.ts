import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUploadHandler, ownedUploads, type UploadStorage } from '@s3-bg-uploader/backend'
import { type DiskStorage, diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import { createUploader, isUploadError, type Uploader } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { patternOf, reach, sourceFile } from './stack.ts'

const PART_SIZE = 1000
const SECRET = 'shared by all instances, and nothing else is'

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What S3 is to a backend: a place of its own, which knows uploads by id and key and nobody by name. */
class Bucket {
  readonly #disk: DiskStorage
  #origin = ''
  /** Called with each part that comes in, before it is taken. */
  onPart = () => {}

  constructor(dir: string) {
    this.#disk = diskStorage({ dir })
  }

  async open(): Promise<void> {
    const takePart = nodeListener(
      createUploadHandler({ storage: this.#disk, authorize: () => undefined }),
    )
    this.#origin = await listen((request, response) => {
      this.onPart()
      takePart(request, response)
    })
  }

  /** A client of it, as every instance has one of its own. */
  connect(): UploadStorage {
    const anybody = <T extends object>(upload: T) => ({ ...upload, owner: 'anybody' })
    const disk = this.#disk
    return {
      // S3 makes a new upload of every start, the disk goes on with an equal one.
      create: (upload) => disk.create({ ...anybody(upload), userParams: { id: randomUUID() } }),
      signParts: (upload, parts) =>
        disk.signParts(anybody(upload), parts, { partsUrl: `${this.#origin}/parts` }),
      complete: (upload, parts) => disk.complete(anybody(upload), parts),
      listParts: (upload) => disk.listParts(anybody(upload)),
      abort: (upload) => disk.abort(anybody(upload)),
    }
  }

  object(key: string): Promise<Buffer> {
    return readFile(this.#disk.objectPath(key))
  }
}

/** Instances that take turns, call by call. */
class RoundRobin {
  /** The instance and the call, in the order in which they came. */
  readonly calls: string[] = []
  readonly #instances: [name: string, listener: RequestListener][] = []
  #turn = 0
  readonly #start: (at: number) => RequestListener
  #started = 0
  origin = ''

  constructor(start: (at: number) => RequestListener) {
    this.#start = start
    this.restart()
  }

  async open(): Promise<void> {
    this.origin = await listen((request, response) => {
      const [name, listener] = this.#instances[this.#turn++ % 2] ?? expect.fail()
      this.calls.push(`${name}: ${request.url?.split('/')[1]}`)
      listener(request, response)
    })
  }

  /** Two new instances in place of those there are. */
  restart(): void {
    this.#instances.length = 0
    for (const at of [0, 1]) {
      this.#started += 1
      this.#instances.push([`instance ${this.#started}`, this.#start(at)])
    }
  }
}

const callOf = (one: string) => one.replace(/^.*: /, '')

async function twoInstances(secretOf: (at: number) => string) {
  const bucket = new Bucket(await temporaryFolder())
  await bucket.open()
  const instances = new RoundRobin((at) =>
    nodeListener(
      createUploadHandler({
        storage: ownedUploads(bucket.connect(), { secrets: [secretOf(at)] }),
        authorize: ({ headers }) => ({ id: headers.get('user') ?? expect.fail() }),
        partSizeFor: () => PART_SIZE,
      }),
    ),
  )
  await instances.open()

  async function uploaderOf(user: string): Promise<Uploader<string | URL>> {
    const { origin } = instances
    const uploader = await createUploader({
      transport: nodeTransport(),
      concurrency: 2,
      config: {
        startUploadApi: `${origin}/start`,
        getUploadUrlsApi: `${origin}/urls`,
        completeApi: `${origin}/complete`,
        abortApi: `${origin}/abort`,
        headers: { user },
      },
    })
    onTestFinished(() => uploader.close())
    return uploader
  }
  return { bucket, instances, uploaderOf }
}

test('uploads change the instance at every call, and both restart in the middle', async () => {
  const { bucket, instances, uploaderOf } = await twoInstances(() => SECRET)
  let parts = 0
  bucket.onPart = () => {
    parts += 1
    // No file has as few parts, so every complete call comes later.
    if (parts === 5) instances.restart()
  }
  const [ann, bob] = [await uploaderOf('ann'), await uploaderOf('bob')]
  const contents = [0, 1, 2, 3].map((seed) => patternOf(6 * PART_SIZE + seed, seed))
  const uploads = []
  for (const [at, content] of contents.entries()) {
    const uploader = at % 2 === 0 ? ann : bob
    uploads.push(await uploader.uploadFile(await sourceFile(content, `${at}.bin`)))
  }
  const cancelled = await ann.uploadFile(await sourceFile(patternOf(1000 * PART_SIZE), 'big.bin'))
  for (const [at, upload] of uploads.entries()) {
    const { status, key = '' } = await upload.done
    expect(status).toBe('completed')
    expect((await bucket.object(key)).equals(contents[at] ?? expect.fail())).toBe(true)
  }
  await reach(cancelled, ({ confirmedParts }) => confirmedParts > 0)
  cancelled.cancel()
  await expect(cancelled.done).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => instances.calls.map(callOf)).toContain('abort')

  const [first] = instances.calls
  expect(first).toBe('instance 1: start')
  const ends = instances.calls.filter((one) => /complete|abort/.test(callOf(one)))
  expect(ends).toHaveLength(5)
  for (const end of ends) expect(end).toMatch(/^instance [34]:/)
  // Nothing was forgotten on the way: no file began anew.
  expect(instances.calls.filter((one) => callOf(one) === 'start')).toHaveLength(5)
})

test('instances that do not share the secret do not know the uploads of each other', async () => {
  const { uploaderOf } = await twoInstances((at) => `${SECRET} ${at}`)
  const uploader = await uploaderOf('ann')
  const upload = await uploader.uploadFile(await sourceFile(patternOf(3 * PART_SIZE)))
  const error: unknown = await upload.done.catch((reason: unknown) => reason)
  expect(isUploadError(error) && error.code).toBe('upload_lost')
})
