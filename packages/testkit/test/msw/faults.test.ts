import { describe, expect, test } from 'vitest'
import { clients } from './clients.ts'
import { bodyOf, codeOf, mocked, textOf } from './fixture.ts'

describe.each(clients)('by $name', ({ client }) => {
  /** A mock backend with an upload of `abcdef` that was started and signed. */
  async function begun() {
    const { backend, clock, api } = mocked({}, client)
    const upload = await api.started()
    const urls = await api.signed(upload, 1, 2)
    const put = (part: number) => api.put(urls[part - 1] ?? '', part === 1 ? 'abcd' : 'ef')
    const kept = () => backend.storage.unfinished()[0]?.partNumbers
    return { backend, clock, api, upload, urls, put, kept }
  }

  test('the storage answers errors in XML, and nothing took effect', async () => {
    const { backend, put, kept } = await begun()
    backend
      .on('put', { part: 2 })
      .once()
      .respond(503, { retryAfter: 2, code: 'SlowDown', message: 'Reduce <your> rate' })
    expect((await put(1)).status).toBe(200)
    const answer = await put(2)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toEqual(['2'])
    expect(answer.headers['content-type']).toEqual(['application/xml'])
    expect(answer.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Reduce &lt;your&gt; rate</Message></Error>',
    )
    expect(kept()).toEqual([1])
    expect((await put(2)).status).toBe(200)
    expect(kept()).toEqual([1, 2])
  })

  test.each(['start', 'urls', 'complete', 'list', 'abort'] as const)(
    '%s answers errors in JSON, and nothing took effect',
    async (route) => {
      const { backend, api, upload, put, kept } = await begun()
      await put(1)
      backend.on(route).respond(429, { retryAfter: 'Fri, 02 Jan 2026 03:05:00 GMT' })
      const answer = await {
        start: () => api.start({ fileName: 'b' }),
        urls: () => api.urls(upload, [1]),
        complete: () => api.complete(upload, [{ PartNumber: 1, ETag: 'x' }]),
        list: () => api.list(upload),
        abort: () => api.abort(upload),
      }[route]()
      expect(answer.status).toBe(429)
      expect(answer.headers['retry-after']).toEqual(['Fri, 02 Jan 2026 03:05:00 GMT'])
      expect(bodyOf(answer)).toEqual({ code: 'TooManyRequests', message: expect.any(String) })
      expect(backend.transcript.at(-1)).toMatchObject({ route, status: 429, effect: undefined })
      expect(kept()).toEqual([1])
      expect(backend.storage.unfinished()).toHaveLength(1)
    },
  )

  test('answers can have any body', async () => {
    const { backend, put, api } = await begun()
    backend.on('put').respond(500, { body: 'oops', contentType: 'text/plain', headers: { x: 'y' } })
    expect(await put(1)).toMatchObject({
      status: 500,
      text: 'oops',
      headers: { 'content-type': ['text/plain'], x: ['y'] },
    })
    backend.on('start').respond(200, { body: '[]' })
    expect(await api.start()).toMatchObject({ status: 200, text: '[]' })
    backend.on('put').respond(204)
    expect(await put(1)).toMatchObject({ status: 204, text: '' })
  })

  test('answers can be pages and redirects, as a proxy would send them', async () => {
    const { backend, api, put } = await begun()
    backend.on('start').html()
    const page = await api.start()
    expect(page).toMatchObject({
      status: 502,
      headers: { 'content-type': ['text/html; charset=utf-8'] },
    })
    expect(page.text).toMatch(/^<!doctype html>/)
    backend.on('start').html(200)
    expect((await api.start()).status).toBe(200)
    backend.on('put').redirect('http://storage.localhost/elsewhere', 301)
    expect(await put(1)).toMatchObject({
      status: 301,
      headers: { location: ['http://storage.localhost/elsewhere'] },
    })
  })

  test('a connection that breaks before the body', async () => {
    const { backend, put, kept } = await begun()
    backend.on('put').reset('before')
    await expect(put(1)).rejects.toThrow()
    expect(await backend.next('put')).toMatchObject({
      outcome: 'broken',
      bytes: 0,
      md5: undefined,
      effect: undefined,
    })
    expect(kept()).toEqual([])
  })

  test('a connection that breaks during the body', async () => {
    const { backend, put, kept } = await begun()
    backend.on('put').reset('during', { afterBytes: 2 })
    await expect(put(1)).rejects.toThrow()
    const broken = await backend.next('put')
    expect(broken).toMatchObject({ outcome: 'broken', md5: undefined, effect: undefined })
    expect(broken.bytes).toBeGreaterThanOrEqual(2)
    expect(kept()).toEqual([])
  })

  test.each(['reset', 'loseResponse'] as const)('an answer that is lost: %s', async (name) => {
    const { backend, api, upload, put, kept } = await begun()
    const lose = () => {
      if (name === 'reset') backend.on('any').reset('after')
      else backend.on('any').loseResponse()
    }
    lose()
    await expect(put(1)).rejects.toThrow()
    expect(await backend.next('put')).toMatchObject({
      outcome: 'broken',
      status: undefined,
      effect: 200,
      bytes: 4,
    })
    expect(kept()).toEqual([1])
    await put(2)
    const { parts } = bodyOf<{ parts: object[] }>(await api.list(upload))
    lose()
    await expect(api.complete(upload, parts)).rejects.toThrow()
    expect(textOf(backend.storage.object(upload.key))).toBe('abcdef')
    expect((await api.complete(upload, parts)).status).toBe(200)
  })

  test('an answer that is cut off', async () => {
    const { backend, api } = await begun()
    backend.on('start').cutOff(10)
    await expect(api.start({ fileName: 'b' })).rejects.toThrow()
    expect(
      await backend.next('start', { where: ({ outcome }) => outcome === 'broken' }),
    ).toMatchObject({ status: 200, effect: 200, uploadId: 'upload-2' })
  })

  test('an ETag that is missing or comes twice', async () => {
    const { backend, put, kept } = await begun()
    const { etag = [] } = (await put(2)).headers
    backend.on('put').withoutEtag()
    const without = await put(1)
    expect(without.status).toBe(200)
    expect(without.headers).not.toHaveProperty('etag')
    expect(kept()).toEqual([1, 2])
    backend.on('put').duplicateEtag()
    const same = (await put(2)).headers.etag
    expect(same?.join(', ')).toBe(`${etag[0]}, ${etag[0]}`)
    backend.on('put').duplicateEtag('"other"')
    expect((await put(2)).headers.etag?.join(', ')).toBe(`${etag[0]}, "other"`)
  })

  test('JSON that is wrong or none', async () => {
    const { backend, api, upload } = await begun()
    backend.on('start').json(({ key, uploadId }) => ({ key, uploadId: [uploadId] }))
    expect(bodyOf(await api.start())).toEqual({ key: upload.key, uploadId: ['upload-1'] })
    backend.on('urls').malformedJson()
    const cut = await api.urls(upload, [1])
    expect(cut.status).toBe(200)
    expect(cut.headers['content-length']).toEqual([String(cut.text.length)])
    expect(cut.text).toMatch(/^\{"urls"/)
    expect(() => JSON.parse(cut.text)).toThrow(SyntaxError)
    backend.on('list').body((text) => `)]}'\n${text}`)
    expect((await api.list(upload)).text).toBe(`)]}'\n{"parts":[]}`)
  })

  test('URLs that have expired or soon will', async () => {
    const { backend, clock, api, upload } = await begun()
    backend.on('urls').expired()
    const [old = ''] = await api.signed(upload, 1)
    const refused = await api.put(old, 'abcd')
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AccessDenied'])
    backend.on('urls').validFor(5)
    const [brief = ''] = await api.signed(upload, 1)
    expect(brief).toContain('X-Amz-Expires=5&')
    clock.advance(4999)
    expect((await api.put(brief, 'abcd')).status).toBe(200)
    clock.advance(1)
    expect((await api.put(brief, 'abcd')).status).toBe(403)
    const [usual = ''] = await api.signed(upload, 1)
    expect(usual).toContain('X-Amz-Expires=3600&')
  })

  test.each(['before', 'after'] as const)('a delay %s the effect', async (when) => {
    const { backend, clock, put, kept } = await begun()
    const gate = backend.on('put').hold({ when })
    backend.on('put').delay(100, { when })
    const answer = put(1)
    await gate.reached
    expect(kept()).toEqual(when === 'after' ? [1] : [])
    expect(backend.transcript.at(-1)).toMatchObject({ outcome: 'pending', status: undefined })
    expect(clock.pending).toBe(0)
    gate.release()
    await until(() => clock.pending === 1)
    clock.advance(99)
    expect(clock.pending).toBe(1)
    clock.advance(1)
    expect((await answer).status).toBe(200)
    expect(kept()).toEqual([1])
  })

  test('a gate holds requests until it is released', async () => {
    const { backend, put, kept } = await begun()
    const gate = backend.on('put').always().hold()
    const first = put(1)
    expect(await gate.reached).toMatchObject({ route: 'put', part: 1, bytes: 4 })
    const second = put(2)
    await until(() => gate.waiting === 2)
    expect(kept()).toEqual([])
    gate.release()
    expect([(await first).status, (await second).status]).toEqual([200, 200])
    expect(gate.waiting).toBe(0)
    expect((await put(1)).status).toBe(200)
    expect(gate.hits).toBe(3)
  })

  test('a stall is never answered, and ends with a reset', async () => {
    const { backend, put, kept } = await begun()
    backend.on('put').stall()
    let settled = false
    const answer = put(1)
    answer
      .catch(() => {})
      .finally(() => {
        settled = true
      })
    expect(await backend.next('put')).toMatchObject({
      outcome: 'stalled',
      bytes: 4,
      effect: undefined,
    })
    expect((await put(2)).status).toBe(200)
    expect(settled).toBe(false)
    expect(kept()).toEqual([2])
    backend.reset()
    await expect(answer).rejects.toThrow()
  })

  test('a reset breaks what is open, without effect', async () => {
    const { backend, clock, put } = await begun()
    const gate = backend.on('put', { part: 1 }).hold()
    backend.on('put', { part: 2 }).delay(1000)
    const held = put(1)
    const late = put(2)
    await gate.reached
    await until(() => clock.pending === 1)
    backend.reset()
    await expect(held).rejects.toThrow()
    await expect(late).rejects.toThrow()
    expect(clock.pending).toBe(0)
    expect(backend.transcript).toEqual([])
  })
})

test('with fetch, a client that gives up is seen', async () => {
  const { backend, api } = mocked()
  const upload = await api.started()
  const [url = ''] = await api.signed(upload, 1)
  const gate = backend.on('put').hold()
  const controller = new AbortController()
  const answer = fetch(url, { method: 'PUT', body: 'abcd', signal: controller.signal })
  await gate.reached
  controller.abort()
  await expect(answer).rejects.toThrow(/abort/)
  expect(await backend.next('put')).toMatchObject({ outcome: 'aborted', effect: undefined })
  gate.release()
  expect(backend.storage.unfinished()).toMatchObject([{ partNumbers: [] }])
})

describe('the plan', () => {
  test('once, times and always', async () => {
    const { backend, api } = mocked()
    const statuses = async (count: number) => {
      const seen = []
      for (let index = 0; index < count; index += 1) seen.push((await api.start()).status)
      return seen
    }
    backend.on('start').once().respond(500)
    expect(await statuses(2)).toEqual([500, 200])
    backend.on('start').times(2).respond(500)
    expect(await statuses(3)).toEqual([500, 500, 200])
    const fault = backend.on('start').always().respond(500)
    expect(await statuses(3)).toEqual([500, 500, 500])
    expect(fault.hits).toBe(3)
    fault.remove()
    expect(await statuses(1)).toEqual([200])
    expect(() => backend.on('start').times(0)).toThrow(RangeError)
  })

  test('of several endings each request gets one, in the order of planning', async () => {
    const { backend, api } = mocked()
    backend.on('start').respond(500)
    backend.on('start').reset('before')
    backend.on('start').respond(503)
    expect((await api.start()).status).toBe(500)
    await expect(api.start()).rejects.toThrow()
    expect((await api.start()).status).toBe(503)
    expect((await api.start()).status).toBe(200)
  })

  test('all else that is planned happens together', async () => {
    const { backend, api } = mocked()
    backend.on('start').headers((headers) => headers.set('x-one', '1'))
    backend.on('start').headers((headers) => headers.set('x-two', '2'))
    backend.on('start').respond(500)
    expect(await api.start()).toMatchObject({
      status: 500,
      headers: { 'x-one': ['1'], 'x-two': ['2'] },
    })
    expect(backend.transcript.at(-1)?.faults).toEqual(['other headers', 'other headers', '500'])
    expect(Object.keys((await api.start()).headers)).not.toContain('x-one')
  })

  test('the nth request, a part, an upload, and whatever else', async () => {
    const { backend, api } = mocked()
    backend.on('put', { nth: 2 }).respond(501)
    backend.on('put', { part: 2, nth: 3 }).respond(502)
    backend.on('put', { uploadId: 'upload-2' }).respond(503)
    backend.on('put', { key: '0123456789abcdef/c' }).respond(504)
    backend.on('put', { where: ({ headers }) => headers['x-odd'] === 'yes' }).respond(505)
    const [a1 = '', a2 = ''] = await api.signed(await api.started(), 1, 2)
    const [b1 = ''] = await api.signed(await api.started({ fileName: 'b' }), 1)
    const [c1 = ''] = await api.signed(await api.started({ fileName: 'c' }), 1)
    const status = async (url: string, headers = {}) => (await api.put(url, 'ab', headers)).status
    expect(await status(a1)).toBe(200)
    expect(await status(a1)).toBe(501)
    expect(await status(a2)).toBe(200)
    expect(await status(a2)).toBe(200)
    expect(await status(a2)).toBe(502)
    expect(await status(b1)).toBe(503)
    expect(await status(c1)).toBe(504)
    expect(await status(c1, { 'x-odd': 'no' })).toBe(200)
    expect(await status(c1, { 'x-odd': 'yes' })).toBe(505)
  })

  test('a part of a urls or complete call', async () => {
    const { backend, api } = mocked()
    const { parts, ...upload } = await api.sent('abcdef')
    backend.on('urls', { part: 2 }).respond(500)
    expect((await api.urls(upload, [1])).status).toBe(200)
    expect((await api.urls(upload, [1, 2])).status).toBe(500)
    backend.on('complete', { part: 2 }).respond(500)
    expect((await api.complete(upload, parts)).status).toBe(500)
  })

  test('tells what has not happened yet, and can be forgotten', async () => {
    const { backend, api } = mocked()
    backend.on('start').respond(500)
    backend.on('put', { part: 3 }).respond(503, { code: 'SlowDown' })
    await api.start()
    const faults = backend.faults().map(({ description, hits }) => [description, hits])
    expect(faults).toEqual([
      ['start: 500', 1],
      ['put part 3: 503 SlowDown', 0],
    ])
    backend.on('start').respond(500)
    backend.clearFaults()
    expect(backend.faults()).toEqual([])
    expect((await api.start()).status).toBe(200)
  })
})

/** Lets everything happen that needs no time, until it is so. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn += 1) {
    if (condition()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('It never came to that.')
}
