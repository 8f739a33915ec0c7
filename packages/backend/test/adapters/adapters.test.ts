import { readFile } from 'node:fs/promises'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import express from 'express'
import { describe, expect, test } from 'vitest'
import type { Principal, UploadHandlerOptions } from '../../src/index.ts'
import { lambdaHandler } from '../../src/lambda/index.ts'
import { addressOf, backend, HASH } from '../fixture.ts'
import { expressServer, fastifyServer, SERVERS, type Serve } from './servers.ts'

/** No UTF-8, and longer than one part of 4 bytes. */
const CONTENT = new Uint8Array([0xff, 0x00, 0x80, 0x22, 0xc3, 0x28])
const KEY = "trip/a b & c+d/Ümläut 日本 👩‍👩‍👧/100%2Foff;#1='(x)'.bin"
const ORIGIN = 'https://app.test'

async function served(serve: Serve, options: Partial<UploadHandlerOptions<Principal>> = {}) {
  const base = await backend({
    basePath: '/uploads',
    cors: { origins: [ORIGIN] },
    keyFor: () => KEY,
    ...options,
  })
  const origin = await serve(base.handler)

  async function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${origin}/uploads${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), response }
  }

  async function start() {
    const { body } = await post('/start/', { ...file, fileSize: CONTENT.length })
    return body as { key: string; uploadId: string; partSize: number }
  }

  /** Part URLs of a function in AWS lead to AWS. */
  async function partUrls(
    { key, uploadId }: { key: string; uploadId: string },
    parts: readonly number[] = [1],
  ): Promise<string[]> {
    const { body } = await post('/urls/', { key, uploadId, parts })
    return Object.values(body.urls as Record<string, string>).map((url) => {
      const { pathname, search } = new URL(url)
      return origin + pathname + search
    })
  }

  return { ...base, origin, post, start, partUrls }
}

const file = { fileName: 'a.bin', fileHash: HASH, fileSize: 6 }

describe.each(SERVERS)('%s', (name, serve) => {
  test('takes a file from start to complete', async () => {
    const { post, start, partUrls, storage, errors } = await served(serve)
    const upload = await start()
    expect(upload.key).toBe(KEY)
    const urls = await partUrls(upload, [1, 2])
    const parts = []
    for (const [index, url] of urls.entries()) {
      const body = CONTENT.subarray(4 * index, 4 * index + 4)
      const response = await fetch(url, { method: 'PUT', body })
      expect(response.status).toBe(200)
      parts.push({ PartNumber: index + 1, ETag: response.headers.get('etag') })
    }
    const listed = await post(`/list-parts/${addressOf(upload)}/`)
    expect(listed.body.parts.map((part: { Size: number }) => part.Size)).toEqual([4, 2])
    const completed = await post(`/complete/${addressOf(upload)}`, { parts })
    expect(completed).toMatchObject({ status: 200, body: { key: KEY } })
    expect(new Uint8Array(await readFile(storage.objectPath(KEY)))).toEqual(CONTENT)
    expect(errors).toEqual([])
  })

  test('leads part URLs back to where it is mounted', async () => {
    const { start, post, origin } = await served(serve)
    const { key, uploadId } = await start()
    const { body } = await post('/urls', { key, uploadId, parts: [1] })
    const host = name.startsWith('Lambda') ? /^https:\/\/abcdefghij\.[\w.-]+$/ : origin
    expect(body.urls[1].split('/uploads/parts/')[0]).toMatch(host)
  })

  test('hands refusals to the client', async () => {
    const { post } = await served(serve)
    expect(await post('/nothing', {})).toMatchObject({ status: 404, body: { code: 'NotFound' } })
    expect(await post('/start', { ...file, fileSize: '6' })).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest', message: expect.stringContaining('fileSize') },
    })
    const unknown = addressOf({ key: KEY, uploadId: 'ü ' })
    expect(await post(`/abort/${unknown}`)).toMatchObject({
      status: 404,
      body: { code: 'NoSuchUpload' },
    })
    const refused = await served(serve, { authorize: () => undefined })
    const answer = await refused.post('/start', file)
    expect(answer).toMatchObject({ status: 401, body: { code: 'Unauthorized' } })
    expect(answer.response.headers.get('content-type')).toMatch('application/json')
  })

  test('answers preflights, and lets pages read', async () => {
    const { post, start, partUrls, origin } = await served(serve)
    const [part = ''] = await partUrls(await start())
    for (const url of [`${origin}/uploads/start/`, part]) {
      const response = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      })
      expect(response.status).toBe(204)
      expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(response.headers.get('access-control-allow-headers')).toBe('authorization')
    }
    const { response } = await post('/start', file, { origin: ORIGIN })
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('access-control-expose-headers')).toMatch('ETag')
  })

  test.each(['GET', 'HEAD'])('serves no %s', async (method) => {
    const { origin } = await served(serve)
    const response = await fetch(`${origin}/uploads/start`, { method })
    expect(response.status).toBe(405)
    const body = await response.text()
    if (method === 'HEAD' || name === 'a Next route') expect(body).toBe('')
    else expect(JSON.parse(body)).toMatchObject({ code: 'MethodNotAllowed' })
  })

  test('hands over cookies, both ways', async () => {
    const { post } = await served(serve, {
      authorize: ({ headers }) => {
        const answer = Response.json({ cookie: headers.get('cookie') })
        answer.headers.append('set-cookie', 'a=1; Path=/')
        answer.headers.append('set-cookie', 'b=2; Path=/')
        return answer
      },
    })
    const { body, response } = await post('/start', file, { cookie: 'x=1; y=2' })
    expect(body).toEqual({ cookie: 'x=1; y=2' })
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/'])
  })
})

describe('Express', () => {
  const lost = { status: 500, body: { message: expect.stringContaining('body parsers') } }

  test('never stores a part that was parsed as JSON: its bytes may be others', async () => {
    const { post, start, partUrls } = await served(expressServer(express.json()))
    const upload = await start()
    const [url = ''] = await partUrls(upload)
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '[ ]',
    })
    expect({ status: response.status, body: await response.json() }).toMatchObject(lost)
    expect((await post(`/list-parts/${addressOf(upload)}`)).body).toEqual({ parts: [] })
  })

  test('takes bodies that were read as bytes, parts too', async () => {
    const { start, partUrls } = await served(expressServer(express.raw({ type: () => true })))
    const [url = ''] = await partUrls(await start())
    const response = await fetch(url, { method: 'PUT', body: CONTENT.subarray(0, 4) })
    expect(response.status).toBe(200)
  })

  test('says what is wrong when a body was read and is gone', async () => {
    const reads: express.RequestHandler = (request, _response, next) => {
      request.resume().on('end', next)
    }
    const { post } = await served(expressServer(reads))
    expect(await post('/start', file)).toMatchObject(lost)
    // Nothing was lost of a body that was not there.
    const unknown = addressOf({ key: KEY, uploadId: 'unknown' })
    expect((await post(`/abort/${unknown}`)).body).toMatchObject({ code: 'NoSuchUpload' })
    const forms = await served(expressServer(express.urlencoded()))
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await forms.post('/start', file, type)).toMatchObject(lost)
  })

  test('a header that middleware has set too is there once', async () => {
    const cors: express.RequestHandler = (_request, response, next) => {
      response.set({ 'access-control-allow-origin': ORIGIN, vary: 'accept' })
      next()
    }
    const { post } = await served(expressServer(cors))
    const { response } = await post('/start', file, { origin: ORIGIN })
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('vary')).toBe('accept, origin')
  })
})

describe('Fastify', () => {
  test('takes parts of any type and size, and leaves the parsers of the app alone', async () => {
    const { start, partUrls, origin } = await served(
      fastifyServer((app) => app.post('/echo', async ({ body }) => ({ body })), { bodyLimit: 200 }),
      { partSizeFor: () => 1000 },
    )
    const [url = ''] = await partUrls(await start())
    for (const type of ['application/json', 'text/plain', 'video/mp4']) {
      const headers = { 'content-type': type }
      const response = await fetch(url, { method: 'PUT', headers, body: 'no json' })
      // Refused by the storage, which has to have seen its size.
      expect(await response.text()).toContain('EntityTooLarge')
      const short = await fetch(url, { method: 'PUT', headers, body: 'nojson' })
      expect(short.status).toBe(200)
    }
    const headers = { 'content-type': 'application/json' }
    const echo = await fetch(`${origin}/echo`, { method: 'POST', headers, body: '{"a":1}' })
    expect(await echo.json()).toEqual({ body: { a: 1 } })
    const long = JSON.stringify({ a: 'x'.repeat(200) })
    const tooLong = await fetch(`${origin}/echo`, { method: 'POST', headers, body: long })
    expect(tooLong.status).toBe(413)
  })

  test('keeps the headers that hooks have set, and what hooks refuse is refused', async () => {
    const { post } = await served(
      fastifyServer((app) => {
        app.addHook('onRequest', async (request, reply) => {
          reply.header('x-request-id', 'id-1')
          if (request.headers.authorization === undefined) return reply.code(402).send({ no: 1 })
        })
      }),
    )
    const { status, response } = await post('/start', file, { authorization: 'x' })
    expect(status).toBe(200)
    expect(response.headers.get('x-request-id')).toBe('id-1')
    expect(await post('/start', file)).toMatchObject({ status: 402, body: { no: 1 } })
  })
})

describe('Lambda', () => {
  test('answers bytes that are no text in Base64', async () => {
    const invoke = lambdaHandler(async () => new Response(CONTENT))
    const result = await invoke({
      version: '2.0',
      rawPath: '/',
      rawQueryString: 'a=%20b',
      headers: {},
      isBase64Encoded: false,
      requestContext: { domainName: 'host.test', stage: '$default', http: { method: 'GET' } },
    })
    expect(result).toMatchObject({ isBase64Encoded: true, statusCode: 200 })
    expect(new Uint8Array(Buffer.from(result.body, 'base64'))).toEqual(CONTENT)
  })

  test('refuses events of another format, as REST APIs send them', async () => {
    const invoke = lambdaHandler(async () => new Response())
    const event = { version: '1.0', path: '/start', httpMethod: 'POST' }
    await expect(invoke(event as unknown as APIGatewayProxyEventV2)).rejects.toThrow(/format 2\.0/)
  })
})
