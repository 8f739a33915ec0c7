import { check, checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRefused } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function urlsCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite, options)

  it('§2 getUploadUrls names the parts by their numbers, as strings', async (bench) => {
    await bench.urls(await bench.start(10), [1])
  })

  it('§2 getUploadUrls is answered where the contract has it, without a redirect', async (bench) => {
    const { key, uploadId } = await bench.start(10)
    const answer = await bench.post(bench.urlsUrl, { key, uploadId, parts: [1] })
    checkEqual(answer.status, 200, 'status')
  })

  it('§2 getUploadUrls answers 100 parts in one call, each with a URL of its own', async (bench) => {
    const { partSize } = await bench.start(10)
    const upload = await bench.start(99 * partSize + 1)
    const last = Math.min(100, Math.ceil(upload.fileSize / upload.partSize))
    const parts = Array.from({ length: last }, (_, index) => index + 1)
    const urls = Object.values(await bench.urls(upload, parts))
    checkEqual(new Set(urls).size, parts.length, 'the number of different URLs')
  })

  it('§2 getUploadUrls answers exactly the parts that are asked for, in any order', async (bench) => {
    const { partSize } = await bench.start(10)
    const upload = await bench.start(4 * partSize)
    await bench.urls(upload, [4, 2])
    await bench.urls(upload, [3])
  })

  it('§6.4 getUploadUrls gives a fresh URL for a part that had one', async (bench) => {
    const upload = await bench.start(10)
    await bench.urls(upload, [1])
    await bench.putPart(upload, 1)
    await bench.putPart(upload, 1)
  })

  it('§2 getUploadUrls of an unknown uploadId is refused, as no fault of the server', async (bench) => {
    const { key } = await bench.start(10)
    for (const uploadId of ['unknown', '', '0'.repeat(32), '../x', 'ü%2F"']) {
      const answer = await bench.post(bench.urlsUrl, { key, uploadId, parts: [1] })
      checkRefused(answer, `getUploadUrls with uploadId ${JSON.stringify(uploadId)}`)
    }
  })

  it('§2 getUploadUrls with the key of something else is refused', async (bench) => {
    const { key, uploadId } = await bench.start(10)
    for (const wrong of [`${key}x`, 'somebody/elses.mov', '']) {
      const answer = await bench.post(bench.urlsUrl, { key: wrong, uploadId, parts: [1] })
      checkRefused(answer, `getUploadUrls with key ${JSON.stringify(wrong)}`)
    }
  })

  for (const parts of [[0], [-1], [1.5], ['1'], [null], [10_001], 'all', undefined]) {
    it(`§2 getUploadUrls refuses the parts ${JSON.stringify(parts)}`, async (bench) => {
      const { key, uploadId } = await bench.start(10)
      const answer = await bench.post(bench.urlsUrl, { key, uploadId, parts })
      checkRefused(answer, `getUploadUrls with parts ${JSON.stringify(parts)}`)
    })
  }

  for (const missing of ['key', 'uploadId'] as const) {
    it(`§2 getUploadUrls without ${missing} is refused`, async (bench) => {
      const { key, uploadId } = await bench.start(10)
      const body = { key, uploadId, parts: [1], [missing]: undefined }
      checkRefused(await bench.post(bench.urlsUrl, body), `getUploadUrls without ${missing}`)
    })
  }

  it('§2 getUploadUrls refuses a body that is not JSON', async (bench) => {
    for (const body of ['', '{"key":', 'null']) {
      checkRefused(await bench.post(bench.urlsUrl, body), `getUploadUrls with ${body}`)
    }
  })

  const expiring = backendCases(suite.when(options.expiryInUrls !== false, 'expiryInUrls'), options)
  expiring('§6.4 a URL tells when it expires, and that is not now', async (bench) => {
    const url = (await bench.urls(await bench.start(10), [1]))['1'] ?? ''
    const expiry = expiryOf(url)
    check(expiry !== undefined, 'The URL tells no expiry: not X-Amz-, X-Goog- nor Expires')
    const seconds = (expiry - Date.now()) / 1000
    check(seconds > 30, `The URL expires ${Math.round(seconds)} s from now`)
  })
}

/** Milliseconds since the epoch, from the forms that §6.4 names. */
function expiryOf(url: string): number | undefined {
  const query = url.split('?')[1] ?? ''
  const get = (name: string): string | undefined =>
    new RegExp(`(?:^|&)${name}=([^&]*)`, 'i').exec(query)?.[1]
  for (const brand of ['Amz', 'Goog']) {
    const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(get(`X-${brand}-Date`) ?? '')
    const seconds = Number(get(`X-${brand}-Expires`) ?? Number.NaN)
    if (date && seconds > 0) {
      const [year = 0, month = 0, ...rest] = date.slice(1).map(Number)
      const [day = 0, hour = 0, minute = 0, second = 0] = rest
      return Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000
    }
  }
  const expires = Number(get('Expires') ?? Number.NaN)
  return expires > 0 ? expires * 1000 : undefined
}
