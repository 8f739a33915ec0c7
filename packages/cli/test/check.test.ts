import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUploadHandler, type UploadHandler } from '@s3-bg-uploader/backend'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import { memoryStorage } from '@s3-bg-uploader/testkit/storage'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ADVICE, adviceFor } from '../src/check/advice.ts'
import { repairedUrls } from '../src/check/repaired-urls.ts'
import { suiteCases } from '../src/check/suite-cases.ts'
import { Wire } from '../src/check/wire.ts'
import { run } from '../src/run.ts'
import { FakeIo } from './fake-io.ts'

const ORIGIN = 'https://app.example'
const ALICE = ['--header', 'authorization: Bearer SECRET-of-alice']
const MALLORY = ['--other-header', 'authorization: Bearer SECRET-of-mallory']

/** Answers a request in place of the handler, or has it answered. */
type Spoil = (request: Request, handler: UploadHandler) => Promise<Response>

/** A backend that is right but for `spoil`, over loopback. */
async function backend(spoil: Spoil = (request, handler) => handler(request)) {
  const storage = memoryStorage({ minPartSize: 1 })
  const handler = createUploadHandler({
    storage,
    partSizeFor: (fileSize) => Math.max(1024, Math.ceil(fileSize / 10_000)),
    authorize: ({ headers }) => {
      const id = headers.get('authorization')
      return id === null ? undefined : { id }
    },
    cors: { origins: [ORIGIN] },
  })
  const server = createServer(nodeListener((request) => spoil(request, handler)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const required = ['start', 'urls', 'complete'].flatMap((name) => [
    `--${name}`,
    `${origin}/${name}`,
  ])
  const optional = ['list-parts', 'abort'].flatMap((name) => [`--${name}`, `${origin}/${name}`])
  return { storage, server, required, optional }
}

async function check(...options: readonly string[]) {
  const io = new FakeIo()
  const exitCode = await run(['check', ...options], io, async () => {
    throw new Error('Nothing must be connected')
  })
  const { text } = io.stdout
  expect(text + io.stderr.text).not.toMatch(/SECRET|X-Amz-/)
  return { exitCode, text, io }
}

test('a backend that is right passes, and only objects stay in its storage', async () => {
  const { storage, required, optional } = await backend()
  const all = [...required, ...optional, ...ALICE, ...MALLORY, '--origin', ORIGIN]
  const { exitCode, text } = await check(...all)
  expect(text).not.toMatch(/✗|not checked/)
  expect(text).toMatch(/No fault found, \d{2,} checks passed/)
  expect(text).toContain(`In the storage are now ${storage.objectKeys().length} test objects.`)
  expect(storage.unfinished()).toEqual([])
  expect(exitCode).toBe(0)
})

test('an endpoint where all others begin is told from them', async () => {
  const { storage, required } = await backend((request, handler) => {
    const url = new URL(request.url)
    if (!/^\/(start|urls|parts)\//.test(url.pathname)) url.pathname = `/complete${url.pathname}`
    return handler(new Request(url, request))
  })
  const root = new URL('/', required[5]).href
  const { text } = await check(...required.slice(0, 4), '--complete', root, ...ALICE)
  expect(text).toContain('No fault found')
  expect(text).toContain(`${storage.objectKeys().length} test objects`)
  expect(text).toContain(`${storage.unfinished().length} unfinished uploads stay there`)
})

/** Changes the JSON of what is asked at one endpoint; what it throws is answered with 400. */
function asks(path: string, change: (body: Record<string, unknown>) => unknown): Spoil {
  return async (request, handler) => {
    if (!new URL(request.url).pathname.startsWith(path)) return handler(request)
    const body = (await request.json()) as Record<string, unknown>
    try {
      const { url, headers } = request
      return await handler(
        new Request(url, { method: 'POST', headers, body: JSON.stringify(change(body)) }),
      )
    } catch {
      return Response.json({ error: 'bad request' }, { status: 400 })
    }
  }
}

/** Changes the JSON of what one endpoint answers, where that is a 2xx. */
function answers(path: string, change: (body: never) => unknown): Spoil {
  return async (request, handler) => {
    const response = await handler(request)
    if (!new URL(request.url).pathname.startsWith(path) || !response.ok) return response
    return Response.json(change((await response.json()) as never))
  }
}

/** As a server does that was written for other names. */
function renamed(names: Readonly<Record<string, string>>) {
  return (body: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(names).map(([theirs, ours]) => {
        if (!(theirs in body)) throw new Error(`${theirs} is missing`)
        return [ours, body[theirs]]
      }),
    )
}

type Urls = { urls: Record<string, string> }

const urlsAre =
  (change: (url: string) => string) =>
  ({ urls }: Urls): Urls => ({
    urls: Object.fromEntries(Object.entries(urls).map(([part, url]) => [part, change(url)])),
  })

describe('a small upload finds out what a backend means that', () => {
  test.each<[fault: string, spoil: Spoil, told: string | RegExp]>([
    [
      'wants fileSize as a string',
      asks('/start', (body) => {
        if (typeof body.fileSize !== 'string') throw new Error('fileSize')
        return { ...body, fileSize: Number(body.fileSize) }
      }),
      'startUpload wants fileSize as a string, and clients send a number.',
    ],
    [
      'wants file_name and the like',
      asks(
        '/start',
        renamed({ file_name: 'fileName', file_hash: 'fileHash', file_size: 'fileSize' }),
      ),
      'startUpload wants file_name, file_hash and file_size',
    ],
    [
      'wants a field of its own',
      asks('/start', (body) => {
        if (body.albumId === undefined) throw new Error('albumId')
        return body
      }),
      /startUpload refuses a file of 10 bytes\..*\n.*--param.*\n +seen: 400 ".*bad request/,
    ],
    [
      'answers Key and upload_id',
      answers('/start', ({ key, uploadId, partSize }: Record<string, unknown>) => ({
        Key: key,
        upload_id: uploadId,
        partSize,
      })),
      /answers Key where the contract has key\.[\s\S]*answers upload_id where the contract has uploadId\./,
    ],
    [
      'wraps its answers',
      answers('/start', (data) => ({ data })),
      'startUpload answers data.uploadId where the contract has uploadId.',
    ],
    [
      'answers partSize as a string',
      answers('/start', (body: { partSize: number }) => ({
        ...body,
        partSize: String(body.partSize),
      })),
      'startUpload answers partSize as a string and not as a number.',
    ],
    [
      'answers no uploadId',
      answers('/start', ({ key, partSize }: Record<string, unknown>) => ({ key, partSize })),
      'startUpload does not answer uploadId.',
    ],
    [
      'wants part_number in urls',
      asks('/urls', (body) => ({
        ...body,
        parts: (body.parts as { part_number?: number }[]).map(({ part_number }) => {
          if (part_number === undefined) throw new Error('part_number')
          return part_number
        }),
      })),
      'getUploadUrls wants parts as objects with part_number, and clients send numbers.',
    ],
    [
      'answers a list of URLs',
      answers('/urls', ({ urls }: Urls) => ({
        urls: Object.entries(urls).map(([part_number, url]) => ({ part_number, url })),
      })),
      'getUploadUrls answers urls as a list.',
    ],
    [
      'answers its URLs under another name',
      answers('/urls', ({ urls }: Urls) => ({ links: urls })),
      /does not answer a URL for the part that was asked for\..*\n.*\n +seen: .*\/part/,
    ],
    [
      'repeats the credentials in what it says',
      async ({ headers }) => new Response(headers.get('authorization'), { status: 403 }),
      /does not accept the credentials\..*\n.*\n +seen: 403 "…"/,
    ],
    [
      'escapes its URLs for HTML',
      answers(
        '/urls',
        urlsAre((url) => url.replaceAll('&', '&amp;')),
      ),
      'The part URL was re-encoded after it was signed: escaped for HTML: & has become &amp;.',
    ],
    [
      'encodes its URLs as a whole',
      answers('/urls', urlsAre(encodeURIComponent)),
      'The part URL was re-encoded after it was signed: percent-encoded as a whole.',
    ],
    [
      'signs for something else',
      answers(
        '/urls',
        urlsAre((url) => `${url}0`),
      ),
      /does not take the part at the URL.*\n.*\n +seen: 403 ".*SignatureDoesNotMatch/,
    ],
    [
      'answers where the file will be, and no URL to PUT to',
      answers(
        '/urls',
        urlsAre(() => 's3://bucket/key'),
      ),
      /does not take the part at the URL.*\n.*\n +seen: It is no URL of http or https\./,
    ],
    [
      'puts a password into its URLs',
      answers(
        '/urls',
        urlsAre((url) => url.replace('//', '//user:SECRET@')),
      ),
      /cannot be reached\..*\n.*\n +seen: .*\/\/…@127\.0\.0\.1/,
    ],
    [
      'has a storage without ETags',
      async (request, handler) => {
        const { pathname } = new URL(request.url)
        return pathname.startsWith('/parts') ? new Response() : handler(request)
      },
      'The storage answers the part without an ETag.',
    ],
    [
      'wants part_number in complete',
      asks('/complete', (body) => ({
        parts: (body.parts as Record<string, unknown>[]).map(
          renamed({ part_number: 'PartNumber', etag: 'ETag' }),
        ),
      })),
      'complete wants part_number and etag in each part, and clients send PartNumber and ETag.',
    ],
    [
      'wants quoted ETags',
      asks('/complete', (body) => {
        const parts = body.parts as { ETag: string }[]
        if (parts.some(({ ETag }) => !ETag.startsWith('"'))) throw new Error('quotes')
        return body
      }),
      'complete wants ETags with quotes around them',
    ],
    [
      'loses the rest of the key',
      async (request, handler) => {
        const url = request.url.replace(/(\/complete\/[^/]+\/[^/]+)\/.*/, '$1')
        return handler(new Request(url, request))
      },
      /complete refuses the only part of a small upload.*\n.*\n +seen: 404 ".*NoSuchUpload/,
    ],
  ])('%s', async (_, spoil, told) => {
    const { required, optional } = await backend(spoil)
    const { exitCode, text } = await check(...required, ...optional, ...ALICE)
    expect(text).toMatch(/^✗ small upload$/m)
    expect(text).toMatch(told)
    expect(text).toMatch(/\(contract §2\)/)
    expect(text).not.toContain('checks passed')
    expect(text).toContain('All other checks need this to work, and were not run.')
    expect(exitCode).toBe(1)
  })

  test('does not know the user', async () => {
    const { required } = await backend()
    const { exitCode, text } = await check(...required)
    expect(text).toContain('startUpload does not accept the credentials.')
    expect(exitCode).toBe(1)
  })

  test('is not there', async () => {
    const { required, server } = await backend()
    server.close()
    await once(server, 'close')
    const { exitCode, text } = await check(...required, ...ALICE)
    expect(text).toMatch(/cannot be reached\..*\n.*\n +seen: fetch failed: connect ECONNREFUSED/)
    expect(exitCode).toBe(1)
  })

  test('has its endpoint elsewhere', async () => {
    const { required } = await backend(async () => new Response('no', { status: 404 }))
    const { exitCode, text } = await check(...required, ...ALICE)
    expect(text).toMatch(/startUpload is not there\..*\n.*\n +seen: 404 "no"/)
    expect(exitCode).toBe(1)
  })

  test('is wrong, and has a storage that is not there', async () => {
    const { required } = await backend(
      answers('/urls', () => ({ urls: ['http://127.0.0.1:1/part?X-Amz-Signature=SECRET'] })),
    )
    const { text } = await check(...required, ...ALICE)
    expect(text).toContain('getUploadUrls answers urls as a list.')
    expect(text).toContain('http://127.0.0.1:1 cannot be reached.')
  })

  test('never answers', async () => {
    const { required } = await backend(() => new Promise(() => {}))
    const wire = new Wire({
      startUploadApi: required[1] ?? '',
      completeApi: required[5] ?? '',
      signal: new AbortController().signal,
      patienceMs: 1,
    })
    const asked = wire.send(required[1] ?? '', { method: 'POST' })
    await expect(asked).rejects.toMatchObject({
      name: 'Unreachable',
      cause: { name: 'TimeoutError' },
    })
  })
})

/** As routers do that are strict about a slash at the end. */
const strict =
  (
    answer: (path: string) => Response,
    spoil: Spoil = (request, handler) => handler(request),
  ): Spoil =>
  async (request, handler) => {
    const { pathname } = new URL(request.url)
    return /^\/(start|urls)\/$/.test(pathname)
      ? answer(pathname.slice(0, -1))
      : spoil(request, handler)
  }

const notFound = () => new Response('no', { status: 404 })

describe('a slash at the end', () => {
  test('that is not found is told once, and the rest is checked without it', async () => {
    const { storage, required } = await backend(strict(notFound))
    const { exitCode, text } = await check(...required, ...ALICE)
    expect(text).toContain(
      'startUpload is not there with a slash at the end: 404 instead of 200 without it.',
    )
    expect(text).toContain('--no-trailing-slash')
    expect(text).toContain('1 fault found')
    expect(exitCode).toBe(1)
    // Whatever was not asked for is told too, with the option that it needs.
    expect(text).toMatch(/✓ complete +\d+ checks passed/)
    expect(text).toMatch(/– abort +not checked without --abort/)
    expect(text).toMatch(/– CORS +not checked without --origin/)
    expect(text).toMatch(/✓ principals .*, the rest not checked without --other-header/)
    expect(text).toContain(`${storage.unfinished().length} unfinished uploads stay there`)
  })

  test('that is redirected is told as well', async () => {
    const redirect = (location: string) =>
      new Response(null, { status: 308, headers: { location } })
    const { required } = await backend(
      strict(
        redirect,
        answers('/start', ({ key, ...rest }: Record<string, unknown>) => ({ ...rest, Key: key })),
      ),
    )
    const { text } = await check(...required, ...ALICE)
    expect(text).toContain('with a slash at the end: 308 instead of 200 without it.')
    expect(text).toContain('2 faults found')
  })
})

test('the suite finds what a small upload does not show, and tells each fault once', async () => {
  const { required } = await backend(
    strict(notFound, async (request, handler) => {
      const { method, headers, url } = request
      // Takes everybody for the owner, tells of no failure, and hides the ETag from pages.
      headers.set('authorization', 'Bearer alice')
      const response = await handler(request)
      if (method === 'PUT') response.headers.delete('access-control-expose-headers')
      const ignored = new URL(url).pathname.startsWith('/complete') && response.status === 400
      return ignored ? Response.json({ ok: true }) : response
    }),
  )
  const options = [...ALICE, ...MALLORY, '--origin', ORIGIN, '--no-trailing-slash']
  const { exitCode, text } = await check(...required, ...options)
  for (const [told, section] of [
    [
      'complete ignores failures: it answers 2xx although the storage has not taken the parts.',
      '§6.1',
    ],
    ['Malformed requests are taken, or answered with a 5xx.', '§2'],
    [
      'A user can use the uploads of another: to know the key and the upload id is enough (IDOR).',
      '§2',
    ],
    [
      'Pages cannot PUT parts or read their ETags: the CORS rule of the bucket does not allow it.',
      '§2',
    ],
  ]) {
    expect(text).toContain(`    ${told} (contract ${section})\n      fix:  `)
  }
  expect(text).toMatch(
    /✗ startUpload [\s\S]* {4}The backend answers those who send no credentials\./,
  )
  expect(text).toMatch(/✗ principals [\s\S]* {4}As above: The backend answers those who send no/)
  expect(text).toContain('5 faults found')
  expect(exitCode).toBe(1)
})

test('on a terminal, lines are broken between words', async () => {
  const { required } = await backend(async () => new Response('no '.repeat(90), { status: 400 }))
  const io = new FakeIo({ isTTY: true })
  await run(['check', ...required], io, () => Promise.reject(new Error('not connected')))
  const told = io.stdout.lines.slice(2)
  expect(told.join('\n')).toMatch(/\n {6}seen: 400 "no no [no ]+\n {12}no no/)
  for (const line of told) expect(line.length).toBeLessThanOrEqual(100)
})

test('a signal ends it, and what was started is aborted all the same', async () => {
  let asked = 0
  const io = new FakeIo()
  const { storage, required, optional } = await backend((request, handler) => {
    asked += 1
    if (asked === 40) io.send('SIGINT')
    return handler(request)
  })
  const argv = ['check', ...required, ...optional, ...ALICE]
  expect(await run(argv, io, () => Promise.reject(new Error('not connected')))).toBe(130)
  expect(io.stdout.text).toMatch(/\ninterrupted\n/)
  expect(io.stdout.text).not.toContain('✗')
  expect(storage.unfinished()).toEqual([])
})

test('every case of the suite is explained, and no explanation is for nothing', () => {
  const cases = suiteCases({
    endpoints: () => Promise.reject(new Error('not asked')),
    has: { listParts: true, abort: true },
    fetch: () => Promise.reject(new Error('not called')),
    headers: () => ({}),
    otherHeaders: () => ({}),
    corsOrigin: ORIGIN,
  })
  expect(cases.length).toBeGreaterThan(90)
  expect(cases.filter(({ name }) => adviceFor(name) === undefined)).toEqual([])
  for (const [pattern, text] of ADVICE) {
    const uses = cases.filter(({ name }) => pattern.test(name) && adviceFor(name)?.text === text)
    expect(uses, text).not.toEqual([])
  }
  for (const { section } of cases) expect(section).toMatch(/^§\d/)
})

test.each([
  ['http://h/a?b=1&amp;c=2', 'http://h/a?b=1&c=2'],
  ['http://h/a?X-Amz-Credential=K%252Fs3', 'http://h/a?X-Amz-Credential=K%2Fs3'],
  ['http%3A%2F%2Fh%2Fa%3Fb%3D1', 'http://h/a?b=1'],
  [' http://h/a\n', 'http://h/a'],
])('%j may have been %j', (url, repaired) => {
  expect(repairedUrls(url).map(([candidate]) => candidate)).toContain(repaired)
})
