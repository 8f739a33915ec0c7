import { mkdtemp, readFile, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createUploadHandler,
  ownedUploads,
  type UploadHandler,
  type UploadStorage,
} from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import { type BackendConformance, backendConformance } from '@s3-bg-uploader/testkit'
import { type MemoryStorage, memoryStorage } from '@s3-bg-uploader/testkit/storage'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { collect } from './collect.ts'

const ORIGIN = 'https://app.example'

/** Small parts, so that three of them are cheap. */
const settings = {
  partSizeFor: (fileSize: number) => Math.max(1024, Math.ceil(fileSize / 10_000)),
  authorize: ({ headers }: Request) => {
    const id = headers.get('authorization')?.replace('Bearer ', '')
    return id === undefined ? undefined : { id }
  },
  cors: { origins: [ORIGIN] },
}

const clients = {
  headers: () => ({ authorization: 'Bearer alice' }),
  otherHeaders: () => ({ authorization: 'Bearer mallory' }),
  has: { listParts: true, abort: true },
  corsOrigin: ORIGIN,
}

const endpointsAt = (origin: string) => ({
  startUploadApi: `${origin}/start`,
  getUploadUrlsApi: `${origin}/urls`,
  completeApi: `${origin}/complete`,
  listPartsApi: `${origin}/list-parts`,
  abortApi: `${origin}/abort`,
})

describe('diskStorage behind node:http', () => {
  let dir = ''
  let server: http.Server

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'testkit-backend-'))
    const handler = createUploadHandler({ storage: diskStorage({ dir }), ...settings })
    server = http.createServer(nodeListener(handler))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })

  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(dir, { recursive: true, force: true })
  })

  backendConformance({
    describe,
    it,
    ...clients,
    endpoints: () => endpointsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    fetch: (url, init) => fetch(url, init),
    object: (key) => readFile(diskStorage({ dir }).objectPath(key)),
  })
})

type Spoil = (handler: UploadHandler, request: Request) => Promise<Response>

function inMemory(
  spoil: Spoil = (handler, request) => handler(request),
  storage: UploadStorage = memoryStorage({ minPartSize: 1 }),
): Omit<BackendConformance, 'describe' | 'it'> {
  const handler = createUploadHandler({ storage, ...settings })
  return {
    ...clients,
    endpoints: () => endpointsAt('http://backend.example'),
    fetch: (url, init) => spoil(handler, new Request(url, init)),
  }
}

describe('memoryStorage without a server', () => {
  backendConformance({ describe, it, ...inMemory() })
})

/** Knows its uploads by id and key, and nobody by name: as S3 does. */
function ownerless(storage: MemoryStorage): UploadStorage {
  const anybody = <T extends object>(upload: T) => ({ ...upload, owner: 'anybody' })
  return {
    create: (upload) => storage.create(anybody(upload)),
    signParts: (upload, ...rest) => storage.signParts(anybody(upload), ...rest),
    complete: (upload, parts) => storage.complete(anybody(upload), parts),
    listParts: (upload) => storage.listParts(anybody(upload)),
    abort: (upload) => storage.abort(anybody(upload)),
    putPart: (part) => storage.putPart(part),
  }
}

const likeS3 = () => memoryStorage({ minPartSize: 1, checkPlan: false, resumeStarts: false })

describe('ownedUploads on a storage that knows no owner', () => {
  const storage = likeS3()
  const secrets = ['conformance conformance conformance']
  backendConformance({
    describe,
    it,
    ...inMemory(undefined, ownedUploads(ownerless(storage), { secrets })),
    object: async (key) => storage.object(key) ?? expect.fail(`There is no object ${key}`),
  })
})

test('a storage that knows no owner, as it is, is caught', async () => {
  const bare = collect((runner) =>
    backendConformance({ ...runner, ...inMemory(undefined, ownerless(likeS3())) }),
  )
  for (const name of [
    '§2 another user gets no URLs for an upload',
    '§2 another user cannot complete an upload',
    '§2 another user cannot list the parts of an upload',
    '§2 another user cannot abort an upload',
  ]) {
    expect(await bare.fails(name), name).toBeInstanceOf(Error)
  }
})

/** Answers the calls of one endpoint otherwise, given what would have been answered. */
const at =
  (path: string, change: (response: Response, request: Request) => Promise<Response>): Spoil =>
  async (handler, request) => {
    const copy = request.clone()
    const response = await handler(request)
    return new URL(request.url).pathname.startsWith(path) ? change(response, copy) : response
  }

const MUTANTS: readonly (readonly [fault: string, spoil: Spoil, caughtBy: readonly string[]])[] = [
  [
    'tells of errors in a 200',
    at('/complete', async (response) => new Response(response.body, { status: 200 })),
    [
      '§6.1 a wrong ETag is refused, and the right one still completes',
      '§6.1 one of three parts that is not there is refused',
      '§2 no parts at all are refused',
    ],
  ],
  [
    'fails for unknown uploads',
    at('/urls', async (response) =>
      response.ok ? response : new Response('oops', { status: 500 }),
    ),
    ['§2 getUploadUrls of an unknown uploadId is refused, as no fault of the server'],
  ],
  [
    'gives the part size as a string',
    at('/start', async (response) => {
      if (!response.ok) return response
      const body = (await response.json()) as { partSize: number }
      return Response.json({ ...body, partSize: String(body.partSize) })
    }),
    ['§2 startUpload answers key, uploadId and partSize, of the right types'],
  ],
  [
    'gives urls as an array',
    at('/urls', async (response) => {
      if (!response.ok) return response
      const { urls } = (await response.json()) as { urls: object }
      return Response.json({ urls: Object.values(urls) })
    }),
    ['§2 getUploadUrls names the parts by their numbers, as strings'],
  ],
  [
    'signs the first ten parts only',
    at('/urls', async (response) => {
      if (!response.ok) return response
      const { urls } = (await response.json()) as { urls: object }
      return Response.json({ urls: Object.fromEntries(Object.entries(urls).slice(0, 10)) })
    }),
    ['§2 getUploadUrls answers 100 parts in one call, each with a URL of its own'],
  ],
  [
    'takes everybody for the owner',
    async (handler, request) => {
      if (request.headers.has('authorization')) {
        request.headers.set('authorization', 'Bearer alice')
      }
      return handler(request)
    },
    [
      '§2 another user gets no URLs for an upload',
      '§2 another user cannot complete an upload',
      '§2 another user cannot abort an upload',
    ],
  ],
  [
    'asks nobody who he is',
    async (handler, request) => {
      request.headers.set('authorization', 'Bearer alice')
      return handler(request)
    },
    [
      '§2 startUpload without credentials is refused',
      '§2 nobody without credentials gets URLs or completes',
    ],
  ],
  [
    'forgets the ETag of a part',
    at('/parts', async (response) => new Response(null, { status: response.status })),
    ['§2 a PUT to a part URL, as it is and without credentials, gets 2xx and an ETag'],
  ],
  [
    'does not expose the ETag',
    at('/parts', async (response) => {
      response.headers.delete('access-control-expose-headers')
      return response
    }),
    ['§2 pages may PUT to a part URL and read the ETag'],
  ],
  [
    'hides when its URLs expire',
    at('/urls', async (response) => {
      const text = (await response.text()).replaceAll('X-Amz-', 'X-Our-')
      return new Response(text, { status: response.status })
    }),
    ['§6.4 a URL tells when it expires, and that is not now'],
  ],
  [
    'redirects to the URL without a slash',
    async (handler, request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.endsWith('/')) return handler(request)
      return new Response(null, { status: 301, headers: { location: pathname.slice(0, -1) } })
    },
    ['§2 startUpload is answered where the contract has it, without a redirect'],
  ],
  [
    'completes nothing',
    async (handler, request) => {
      const completing = new URL(request.url).pathname.startsWith('/complete')
      return completing ? new Response(null, { status: 204 }) : handler(request)
    },
    ['§2 after complete there are no more URLs, or none that takes a part'],
  ],
  [
    'aborts nothing',
    async (handler, request) => {
      const aborting = new URL(request.url).pathname.startsWith('/abort')
      return aborting ? new Response(null, { status: 204 }) : handler(request)
    },
    ['§2 an aborted upload is gone: no URL that takes a part, no complete'],
  ],
  [
    'lists parts without their sizes',
    at('/list-parts', async (response) => {
      if (!response.ok) return response
      const { parts } = (await response.json()) as { parts: { PartNumber: number; ETag: string }[] }
      return Response.json({
        parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })),
      })
    }),
    ['§2 listParts tells number, ETag and size of what was sent, ascending'],
  ],
]

describe('the suite catches a backend that', () => {
  test.each(MUTANTS)('%s', async (_, spoil, caughtBy) => {
    const mutant = collect((runner) => backendConformance({ ...runner, ...inMemory(spoil) }))
    for (const name of caughtBy) expect(await mutant.fails(name), name).toBeInstanceOf(Error)
  })
})

test('a query string of an endpoint stays behind the path', async () => {
  const asked: string[] = []
  const run = collect((runner) =>
    backendConformance({
      ...runner,
      ...inMemory((handler, request) => {
        asked.push(request.url.replace('http://backend.example', ''))
        return handler(request)
      }),
      endpoints: () =>
        Object.fromEntries(
          Object.entries(endpointsAt('http://backend.example')).map(([name, url]) => [
            name,
            `${url}?tenant=1`,
          ]),
        ) as ReturnType<typeof endpointsAt>,
    }),
  )
  const name = '§2 an upload of one part is completed with its unquoted ETag'
  expect(await run.fails(name)).toBeUndefined()
  const control = asked.filter((url) => !url.startsWith('/parts'))
  expect(control.slice(0, 2)).toEqual(['/start/?tenant=1', '/urls/?tenant=1'])
  expect(control[2]).toMatch(/^\/complete\/[^?]+\?tenant=1$/)
})

test('cases are skipped by what is declared only, and say so', () => {
  const least = collect((runner) =>
    backendConformance({
      ...runner,
      endpoints: () => endpointsAt('http://backend.example'),
      fetch: () => Promise.reject(new Error('not called')),
      headers: () => ({}),
      authenticates: false,
      expiryInUrls: false,
    }),
  )
  expect(new Set(least.skipped.map((name) => name.match(/\[needs: (.*)\]/)?.[1]))).toEqual(
    new Set([
      'authenticates',
      'expiryInUrls',
      'listPartsApi',
      'abortApi',
      'otherHeaders',
      'corsOrigin',
    ]),
  )
})
