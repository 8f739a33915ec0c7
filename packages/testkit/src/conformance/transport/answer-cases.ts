import type { PutResponse } from '@s3-bg-uploader/core'
import { check, checkEqual, rejection } from '../check.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const BODY_BYTES = 4096

const REFUSAL =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'

export function answerCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  for (const etag of ['"0a1B2c"', '0a1b2c', 'W/"aB"', '"d41d8cd98f00b204e9800998ecf8427e-2"']) {
    it(`§2 put hands on the ETag verbatim: ${etag}`, async (bench) => {
      const { put } = await bench.open(10)
      const lane = await bench.lane({ kind: 'answer', status: 200, headers: { ETag: etag } })
      checkEqual(headerOf(await put(lane.url), 'etag'), etag, 'ETag')
    })
  }

  it('§5 headers are a record of strings, however the server spells the names', async (bench) => {
    const { put } = await bench.open(10)
    const lane = await bench.lane({
      kind: 'answer',
      status: 200,
      headers: { eTaG: '"x"', 'x-oDD-name': 'Value, With: Case' },
    })
    const response = await put(lane.url)
    checkEqual(headerOf(response, 'etag'), '"x"', 'ETag')
    checkEqual(headerOf(response, 'x-odd-name'), 'Value, With: Case', 'X-Odd-Name')
    const odd = Object.entries(response.headers).filter(([, value]) => typeof value !== 'string')
    checkEqual(odd, [], 'headers that are no strings')
  })

  for (const status of [200, 201, 204]) {
    it(`§5 a success is data: ${status}`, async (bench) => {
      const { put } = await bench.open(10)
      checkEqual(
        (await put((await bench.lane({ kind: 'answer', status })).url)).status,
        status,
        'status',
      )
    })
  }

  it('§5 a success without an ETag is data: the core says what is wrong', async (bench) => {
    const { put } = await bench.open(10)
    const lane = await bench.lane({ kind: 'answer', status: 200, headers: { ETag: '' } })
    const response = await put(lane.url)
    checkEqual(response.status, 200, 'status')
    checkEqual(headerOf(response, 'etag'), undefined, 'ETag')
  })

  it('§5 100 Continue is not the answer', async (bench) => {
    const { put } = await bench.open(10)
    const lane = await bench.lane({ kind: 'answer', status: 201, continues: true })
    // Where nobody asked for it, some clients take it for nonsense.
    const answered = await put(lane.url).then(
      (response) => response.status,
      () => 'broken',
    )
    check(answered === 201 || answered === 'broken', `100 and 201 became ${answered}`)
  })

  for (const status of [400, 401, 403, 404, 408, 409, 412, 425, 429, 500, 501, 502, 503, 504]) {
    it(`§5 a refusal is data: ${status}`, async (bench) => {
      const { put } = await bench.open(10)
      const lane = await bench.lane({ kind: 'answer', status, body: REFUSAL })
      const response = await put(lane.url)
      checkEqual(response.status, status, 'status')
      // The body is told where it is known.
      if (response.body !== undefined) checkEqual(response.body, REFUSAL, 'body')
      if (status === 408 && options.limits?.resends) return
      checkEqual((await lane.received()).length, 1, 'the number of requests')
    })
  }

  it('§6.5 Retry-After and Date of a refusal are handed on', async (bench) => {
    const { put } = await bench.open(10)
    const headers = { 'Retry-After': '120', Date: 'Sun, 06 Nov 1994 08:49:37 GMT' }
    const lane = await bench.lane({ kind: 'answer', status: 503, headers })
    const response = await put(lane.url)
    checkEqual(headerOf(response, 'retry-after'), '120', 'Retry-After')
    checkEqual(headerOf(response, 'date'), headers.Date, 'Date')
  })

  for (const status of [403, 500]) {
    it(`§5 of the long body of a ${status} at most 4 KiB are handed on`, async (bench) => {
      const { put } = await bench.open(10)
      const body = REFUSAL + 'x'.repeat(300_000)
      const response = await put((await bench.lane({ kind: 'answer', status, body })).url)
      checkEqual(response.status, status, 'status')
      if (response.body === undefined) return
      check(response.body.length <= BODY_BYTES, `The body has ${response.body.length} characters`)
      check(body.startsWith(response.body), 'The body is not the beginning of what was answered')
    })
  }

  const redirects = benchCases(
    suite.when(!options.limits?.followsRedirects, 'redirects that can be seen'),
    options,
  )
  for (const status of [301, 302, 303, 307, 308]) {
    redirects(`§2 a redirect is not followed: ${status}`, async (bench) => {
      const { put } = await bench.open(10)
      const elsewhere = await bench.lane()
      const headers = { Location: elsewhere.url }
      const lane = await bench.lane({ kind: 'answer', status, headers })
      // Where the platform hides what a redirect is (`fetch` in browsers), it is a broken exchange.
      const answered = await put(lane.url).then(
        (response) => response.status,
        () => 'broken',
      )
      check(answered === status || answered === 'broken', `A ${status} became ${answered}`)
      checkEqual(await elsewhere.received(), [], 'what came to the other place')
    })
  }

  it('§5 an answer before the body is read is delivered', async (bench) => {
    const { put } = await bench.open(16 * 1024 * 1024)
    const lane = await bench.lane({
      kind: 'early',
      status: 403,
      body: REFUSAL,
      afterwards: 'drain',
    })
    checkEqual((await put(lane.url)).status, 403, 'status')
  })

  it('§5 an early refusal and a reset are that refusal or a broken exchange', async (bench) => {
    const { put, bytes } = await bench.open(16 * 1024 * 1024)
    const lane = await bench.lane(
      { kind: 'early', status: 403, body: REFUSAL, afterwards: 'reset' },
      { kind: 'answer', status: 200 },
    )
    const answered = await put(lane.url).then(
      (response) => response.status,
      () => 'broken',
    )
    check(answered === 403 || answered === 'broken', `A 403 and a reset became ${answered}`)
    const range = { start: 0, end: 1000 }
    checkEqual((await put(lane.url, { range })).status, 200, 'status of the next part')
    checkEqual(
      (await lane.body(1)).length,
      bytes.subarray(0, 1000).length,
      'bytes of the next part',
    )
  })

  for (const status of [200, 500]) {
    it(`§5 a ${status} with a body that does not end does not hang`, async (bench) => {
      const { put } = await bench.open(10)
      const lane = await bench.lane({ kind: 'endless', status }, { kind: 'answer', status: 201 })
      const response = await put(lane.url)
      checkEqual(response.status, status, 'status')
      check(
        (response.body ?? '').length <= BODY_BYTES,
        'More than 4 KiB of the body were handed on',
      )
      checkEqual((await put(lane.url)).status, 201, 'status of the next part')
    })
  }

  for (const status of [200, 500]) {
    it(`§5 a ${status} whose body breaks off is that answer or a broken exchange`, async (bench) => {
      const { put } = await bench.open(10)
      const lane = await bench.lane(
        { kind: 'break', at: 'answer body', how: 'reset', status },
        { kind: 'answer', status: 201 },
      )
      const answered = await put(lane.url).then(
        (response) => response.status,
        () => 'broken',
      )
      check(answered === status || answered === 'broken', `A ${status} became ${answered}`)
      checkEqual((await put(lane.url)).status, 201, 'status of the next part')
    })
  }

  it('§5 answers to parts at once do not mix', async (bench) => {
    const { put } = await bench.open(1000)
    const statuses = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? 503 : 200))
    await Promise.all(
      statuses.map(async (status, index) => {
        const headers = { ETag: `"${index}"` }
        const lane = await bench.lane({ kind: 'answer', status, headers })
        const response = await put(lane.url)
        checkEqual([response.status, headerOf(response, 'etag')], [status, `"${index}"`], 'answer')
      }),
    )
  })

  it('§5 a source whose part was refused puts the next one', async (bench) => {
    const { put } = await bench.open(1_000_000)
    const lane = await bench.lane({ kind: 'answer', status: 403 }, { kind: 'answer', status: 200 })
    checkEqual((await put(lane.url)).status, 403, 'status')
    checkEqual((await put(lane.url)).status, 200, 'status of the next part')
  })

  it('§5 no answer at all is a broken exchange', async (bench) => {
    const { put } = await bench.open(10)
    const { deadOrigin } = await bench.server()
    await rejection(put(`${deadOrigin}/part`), 'A PUT to where nobody listens')
  })
}

function headerOf({ headers }: PutResponse, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1]
}
