import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BackendError, type UploadStorage } from '../src/index.ts'
import { addressOf, BASE, backend, HASH } from './fixture.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const file = { fileName: 'a.txt', fileHash: HASH, fileSize: 6 }

describe.each(['', '/'])('endpoints ending in "%s"', (slash) => {
  test('take a file from start to complete', async () => {
    const { post, put, storage } = await backend()
    const started = await post(`/start${slash}`, { ...file, albumId: '42' })
    expect(started.status).toBe(200)
    const { key, uploadId, partSize } = started.body
    expect(partSize).toBe(4)

    const signed = await post(`/urls${slash}`, { key, uploadId, parts: [1, 2] })
    expect(Object.keys(signed.body.urls)).toEqual(['1', '2'])
    const first = await put(signed.body.urls[1], 'abcd')
    const second = await put(signed.body.urls[2], 'ef')
    // MD5 of abcd and of ef.
    expect(first).toMatchObject({ status: 200, etag: '"e2fc714c4727ee9395f324cd2e7f331f"' })
    expect(second).toMatchObject({ status: 200, etag: '"feb78cc258bdc76867354f01c22dbe43"' })

    const address = addressOf({ key, uploadId })
    const listed = await post(`/list-parts/${address}${slash}`)
    expect(listed.body).toEqual({
      parts: [
        { PartNumber: 1, ETag: first.etag, Size: 4 },
        { PartNumber: 2, ETag: second.etag, Size: 2 },
      ],
    })
    const completed = await post(`/complete/${address}${slash}`, {
      parts: [
        { PartNumber: 1, ETag: first.etag },
        { PartNumber: 2, ETag: second.etag?.replaceAll('"', '') },
      ],
    })
    expect(completed.status).toBe(200)
    expect(await readFile(storage.objectPath(key), 'utf8')).toBe('abcdef')
  })

  test('an upload that is aborted is no longer there', async () => {
    const { post, sent } = await backend()
    const { address } = await sent('abcdef')
    expect((await post(`/abort/${address}${slash}`)).status).toBe(204)
    const listed = await post(`/list-parts/${address}`)
    expect(listed).toMatchObject({ status: 404, body: { code: 'NoSuchUpload' } })
  })
})

test.each(['a b.txt', 'ümläut/日本語.bin', '1+1=2.txt', '100%25 sure.txt', 'a&b#c/d;e@f$.txt'])(
  'the key %j makes the way through the URLs',
  async (key) => {
    const { post, sent, storage } = await backend({ keyFor: () => key })
    const upload = await sent('abcdef')
    expect(upload.key).toBe(key)
    const completed = await post(`/complete/${upload.address}`, { parts: upload.parts })
    expect(completed.status).toBe(200)
    expect(await readFile(storage.objectPath(key), 'utf8')).toBe('abcdef')
  },
)

test('a base path stands in front of every endpoint', async () => {
  const { post, put } = await backend({ basePath: '/api/uploads/' })
  expect((await post('/start', file)).status).toBe(404)
  const { key, uploadId } = (await post('/api/uploads/start', file)).body
  const { urls } = (await post('/api/uploads/urls', { key, uploadId, parts: [1] })).body
  expect(urls[1]).toMatch(`${BASE}/api/uploads/parts/`)
  expect((await put(urls[1], 'abcd')).status).toBe(200)
})

test('publicUrl stands in front of part URLs', async () => {
  const { start, urls } = await backend({ publicUrl: 'https://files.test/up/' })
  const upload = await start('abcdef')
  expect((await urls(upload, [2]))[2]).toMatch(/^https:\/\/files\.test\/up\/parts\//)
})

describe('ownership', () => {
  test('an upload does not exist for anybody else', async () => {
    const { post, sent, errors } = await backend()
    const { key, uploadId, parts, address } = await sent('abcdef')
    const unknown = await post('/urls', { key, uploadId: 'f'.repeat(32), parts: [1] }, 'eve')
    for (const answer of [
      await post('/urls', { key, uploadId, parts: [1] }, 'eve'),
      // A part outside the plan tells nothing either.
      await post('/urls', { key, uploadId, parts: [99] }, 'eve'),
      await post(`/complete/${address}`, { parts }, 'eve'),
      await post(`/list-parts/${address}`, undefined, 'eve'),
      await post(`/abort/${address}`, undefined, 'eve'),
    ]) {
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual(unknown.body)
    }
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    // Not after it is completed either.
    expect((await post(`/complete/${address}`, { parts }, 'eve')).body).toEqual(unknown.body)
    expect(errors).toEqual([])
  })

  test('an upload id under another key, or none of ours, is no upload', async () => {
    const { post, start } = await backend()
    const { uploadId, key } = await start('abcdef')
    for (const address of [
      `${uploadId}/other`,
      `..%2F..%2Fsecret/${key}`,
      `%00/${key}`,
      `/${key}`,
    ]) {
      const answer = await post(`/list-parts/${address}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'NoSuchUpload' } })
    }
  })

  test('authorize decides', async () => {
    const none = await backend({ authorize: () => undefined })
    expect(await none.post('/start', file)).toMatchObject({
      status: 401,
      body: { code: 'Unauthorized' },
    })
    const own = await backend({ authorize: () => Response.json({ no: 1 }, { status: 402 }) })
    expect(await own.post('/start', file)).toMatchObject({ status: 402, body: { no: 1 } })
    const forbidden = await backend({
      authorize: () => Promise.reject(new BackendError('Forbidden', 'Not on Sundays.')),
    })
    expect(await forbidden.post('/start', file)).toMatchObject({
      status: 403,
      body: { code: 'Forbidden', message: 'Not on Sundays.' },
    })
    const nobody = await backend({ authorize: () => ({ id: '' }) })
    expect((await nobody.post('/start', file)).status).toBe(500)
    expect(nobody.errors).toHaveLength(1)
  })
})

describe('refusals', () => {
  test.each([
    ['/', 404],
    ['/nothing', 404],
    ['/start/more', 404],
    ['/complete', 404],
    ['/complete/id', 404],
    ['/parts', 404],
    ['/complete/id/%zz', 400],
  ])('POST %s is %i', async (path, status) => {
    const { post } = await backend()
    expect(await post(path, {})).toMatchObject({ status, body: { code: expect.any(String) } })
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s is no method here', async (method) => {
    const { handler } = await backend()
    const response = await handler(new Request(`${BASE}/start`, { method }))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['trailing text', `${JSON.stringify(file)} x`],
    ['an upper-case hash', JSON.stringify({ ...file, fileHash: HASH.toUpperCase() })],
    ['a negative size', JSON.stringify({ ...file, fileSize: -1 })],
    ['a fraction', JSON.stringify({ ...file, fileSize: 1.5 })],
    ['a size as text', JSON.stringify({ ...file, fileSize: '6' })],
    ['no name', JSON.stringify({ fileHash: HASH, fileSize: 6 })],
    ['__proto__', `{"__proto__":{"a":1},${JSON.stringify(file).slice(1)}`],
    ['__proto__ further in', JSON.stringify({ ...file, a: 0 }).replace('0}', '[{"__proto__":1}]}')],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('a start with %s is 400', async (_, body) => {
    const { post, errors } = await backend()
    expect(await post('/start', body)).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest' },
    })
    expect(errors).toEqual([])
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  test('bytes that are not UTF-8 are 400', async () => {
    const { handler } = await backend()
    const body = new Uint8Array([0x22, 0xff, 0x22])
    const response = await handler(new Request(`${BASE}/start`, { method: 'POST', body }))
    expect(response.status).toBe(400)
  })

  test('a body over the limit is 413, announced or not, and is not read on', async () => {
    const { handler } = await backend({ maxBodyBytes: 100 })
    const announced = new Request(`${BASE}/start`, {
      method: 'POST',
      headers: { 'content-length': '101' },
      body: '{}',
    })
    expect((await handler(announced)).status).toBe(413)
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(50))
      },
    })
    const request = new Request(`${BASE}/start`, {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect((await handler(request)).status).toBe(413)
    expect(pulled).toBeLessThan(10)
  })

  test('a complete call with 10,000 parts fits into the default limit', async () => {
    const { post, start } = await backend({ partSizeFor: () => 1 })
    const upload = await start('x'.repeat(10_000))
    const parts = Array.from({ length: 10_000 }, (_, index) => ({
      PartNumber: index + 1,
      ETag: `"${'e'.repeat(32)}"`,
    }))
    const answer = await post(`/complete/${addressOf(upload)}`, { parts })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
  })

  test('a file that is too large', async () => {
    const { post } = await backend({ maxFileSize: 5 })
    expect(await post('/start', file)).toMatchObject({
      status: 400,
      body: { code: 'EntityTooLarge' },
    })
  })

  test('what is no refusal is a 500 that tells nothing, and onError hears it', async () => {
    const failure = new Error('password=hunter2')
    const storage = new Proxy({} as UploadStorage, {
      get: () => () => Promise.reject(failure),
    })
    const { handler, errors } = await backend({ storage })
    const request = new Request(`${BASE}/start`, { method: 'POST', body: JSON.stringify(file) })
    const response = await handler(request)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch(/hunter2|at /)
    const part = await handler(new Request(`${BASE}/parts/x/1`, { method: 'PUT', body: 'x' }))
    expect(part.status).toBe(500)
    expect(await part.text()).toMatch('<Code>InternalError</Code>')
    expect(errors).toEqual([failure, failure])
  })

  test.each([
    [1.2, '2'],
    [-3, '0'],
    [undefined, null],
  ])('after %s seconds it may succeed: Retry-After: %s', async (retryAfterSeconds, header) => {
    const refuse = () => {
      throw new BackendError('ServiceUnavailable', 'Later.', { retryAfterSeconds })
    }
    const { post, handler } = await backend({
      storage: new Proxy({} as UploadStorage, { get: () => async () => refuse() }),
    })
    const { status, response } = await post('/start', file)
    expect(status).toBe(503)
    expect(response.headers.get('retry-after')).toBe(header)
    const part = await handler(new Request(`${BASE}/parts/x/1`, { method: 'PUT', body: 'x' }))
    expect(part.headers.get('retry-after')).toBe(header)
  })

  test('onError hears what made the storage unavailable, and of no other refusal', async () => {
    const cause = new Error('connect ECONNREFUSED')
    const unavailable = new BackendError('ServiceUnavailable', 'Later.', { cause })
    const refusals = [
      unavailable,
      new BackendError('ServiceUnavailable', 'Later.'),
      new BackendError('InvalidPart', 'No.', { cause }),
    ]
    const storage = new Proxy({} as UploadStorage, {
      get: () => () => Promise.reject(refusals.shift()),
    })
    const { post, errors } = await backend({ storage })
    const answers = [
      await post('/start', file),
      await post('/start', file),
      await post('/start', file),
    ]
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 400])
    expect(JSON.stringify(answers)).not.toMatch('ECONNREFUSED')
    expect(errors).toEqual([unavailable])
  })

  test('an onError that throws changes nothing', async () => {
    const { post } = await backend({
      keyFor: () => {
        throw new Error('no key')
      },
      onError: () => {
        throw new Error('no log')
      },
    })
    expect((await post('/start', file)).status).toBe(500)
  })

  test.each([0, -1, 1.5, Number.NaN, 1e-9])('a part size of %d is an error', async (size) => {
    const { post, errors } = await backend({ partSizeFor: () => size })
    expect((await post('/start', file)).status).toBe(500)
    expect(errors).toHaveLength(1)
  })

  test('a storage that receives no parts has no part URLs', async () => {
    const { handler } = await backend({ storage: {} as UploadStorage })
    const response = await handler(new Request(`${BASE}/parts/x/1`, { method: 'PUT', body: 'x' }))
    expect(response.status).toBe(404)
  })
})

test('any JSON is refused with a code, or taken for what it is', async () => {
  const { post, start } = await backend()
  const { key, uploadId } = await start('abcdef')
  const paths = ['/start', '/urls', `/complete/${addressOf({ key, uploadId })}`]
  const fields = ['fileName', 'fileHash', 'fileSize', 'key', 'uploadId', 'parts', '__proto__']
  const anyBody = fc.oneof(
    fc.json(),
    fc.string(),
    fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()).map((value) => JSON.stringify(value)),
    fc
      .array(fc.record({ PartNumber: fc.jsonValue(), ETag: fc.jsonValue() }))
      .map((parts) => JSON.stringify({ key, uploadId, parts })),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), anyBody, async (path, text) => {
      const { status, body } = await post(path, text)
      if (status === 200) return
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(body).toEqual({ code: expect.any(String), message: expect.any(String) })
    }),
  )
})

test('onCompleted hears of every complete call before its answer', async () => {
  const heard: unknown[] = []
  let failing = true
  const { post, sent } = await backend({
    onCompleted: (upload) => {
      heard.push(upload)
      if (failing) throw new Error('database away')
    },
  })
  const { key, uploadId, address, parts } = await sent('abcdef')
  expect((await post(`/complete/${address}`, { parts })).status).toBe(500)
  failing = false
  expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
  expect(heard).toEqual(Array(2).fill({ principal: { id: 'ann' }, key, uploadId }))
})

test('keyFor hears everything about the file', async () => {
  const heard: unknown[] = []
  const { post } = await backend({
    keyFor: (request) => {
      heard.push(request)
      return 'k'
    },
  })
  await post('/start', { ...file, albumId: '42', tags: ['a'] })
  expect(heard).toEqual([
    { principal: { id: 'ann' }, ...file, userParams: { albumId: '42', tags: ['a'] } },
  ])
})

describe('cors', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.test',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization',
    },
  }

  test('pages of a listed origin may ask and read the ETag', async () => {
    const { handler } = await backend({ cors: { origins: ['https://app.test'] } })
    for (const path of ['/start', '/parts/x/1']) {
      const response = await handler(new Request(BASE + path, preflight))
      expect(response.status).toBe(204)
      expect(response.headers.get('access-control-allow-origin')).toBe('https://app.test')
      expect(response.headers.get('access-control-allow-headers')).toBe('authorization')
      expect(response.headers.get('access-control-expose-headers')).toBe('ETag, Date, Retry-After')
    }
  })

  test('pages of other origins may not', async () => {
    const { handler } = await backend({ cors: { origins: ['https://other.test'] } })
    const response = await handler(new Request(`${BASE}/start`, preflight))
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('nothing but the disk and the listener needs Node', async () => {
  const names = (await readdir(join(import.meta.dirname, '../src'))).filter((name) =>
    name.endsWith('.ts'),
  )
  expect(names).toContain('handler.ts')
  for (const name of names) {
    const source = await readFile(join(import.meta.dirname, '../src', name), 'utf8')
    expect(source, name).not.toMatch(/from '(node:|\.\/disk|\.\/node)|\b(Buffer|process)\b/)
  }
})
