import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diskStorage } from '../src/disk/index.ts'
import { multipartEtag } from '../src/disk/multipart-etag.ts'
import { addressOf, backend, HASH, temporaryDirectory } from './fixture.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

describe('part URLs', () => {
  test('tell when they expire, and then do', async () => {
    const { start, urls, put, clock } = await backend({}, { urlTtlSeconds: 60 })
    const url = (await urls(await start('abcdef'), [1]))[1] ?? ''
    const query = new URL(url).searchParams
    expect(query.get('X-Amz-Date')).toBe('20260102T030405Z')
    expect(query.get('X-Amz-Expires')).toBe('60')
    clock.now += 59_999
    expect((await put(url, 'abcd')).status).toBe(200)
    clock.now += 1
    const late = await put(url, 'abcd')
    expect(late.status).toBe(403)
    expect(late.text).toMatch('<Code>AccessDenied</Code><Message>Request has expired</Message>')
  })

  test.each<[string, (url: string) => string]>([
    ['another part', (url) => url.replace('/1?', '/2?')],
    [
      'another upload',
      (url) => url.replace(/parts\/(.)/, (_, first) => `parts/${first === 'e' ? 'f' : 'e'}`),
    ],
    ['a longer life', (url) => url.replace('Expires=3600', 'Expires=9999')],
    ['a later date', (url) => url.replace('2026', '2036')],
    ['another signature', (url) => url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
    ['a signature too short', (url) => url.slice(0, -1)],
    ['no signature', (url) => url.replace(/&X-Amz-Signature.*/, '')],
    ['no query', (url) => url.replace(/\?.*/, '')],
    ['more in the query', (url) => `${url}&x=1`],
    ['a path that leads out', (url) => url.replace('/1?', '/..%2F1?')],
  ])('with %s do not match', async (_, forge) => {
    const { start, urls, put, errors } = await backend()
    const url = (await urls(await start('abcdef'), [1]))[1] ?? ''
    expect(forge(url)).not.toBe(url)
    const answer = await put(forge(url), 'abcd')
    expect(answer.status).toBe(403)
    expect(answer.text).toMatch('<Code>SignatureDoesNotMatch</Code>')
    expect(errors).toEqual([])
  })

  test('of a storage with another secret do not match', async () => {
    const { start, urls, dir } = await backend({}, { secret: 'one' })
    const url = (await urls(await start('abcdef'), [1]))[1] ?? ''
    const other = await backend({}, { dir, secret: 'two' })
    expect((await other.put(url, 'abcd')).status).toBe(403)
  })

  test('are not signed with the empty secret of a file without bytes', async () => {
    const dir = await temporaryDirectory()
    await writeFile(join(dir, 'secret'), '')
    const { start, urls } = await backend({}, { dir })
    await urls(await start('abcdef'), [1])
    expect(await readFile(join(dir, 'secret'), 'utf8')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('are for PUT only', async () => {
    const { start, urls, handler } = await backend()
    const url = (await urls(await start('abcdef'), [1]))[1] ?? ''
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
      expect((await handler(new Request(url, { method }))).status).toBe(405)
    }
  })

  test('are not given out for parts that are not in the plan', async () => {
    const { start, post } = await backend()
    const { key, uploadId } = await start('abcdef')
    expect(await post('/urls', { key, uploadId, parts: [2, 3] })).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest' },
    })
  })
})

describe('parts', () => {
  test('may not be longer than planned, announced or not', async () => {
    const { sent, put, post } = await backend()
    const upload = await sent('abcdef')
    for (const [body, headers] of [
      ['efg', { 'content-length': '3' }],
      ['efg', {}],
    ] as const) {
      const answer = await put(upload.urls[2] ?? '', body, headers)
      expect(answer.status).toBe(400)
      expect(answer.text).toMatch('<Code>EntityTooLarge</Code>')
    }
    // What was there before is there still.
    expect((await post(`/complete/${upload.address}`, { parts: upload.parts })).status).toBe(200)
  })

  test('that break off leave nothing', async () => {
    const { start, urls, put, post, dir, errors } = await backend()
    const upload = await start('abcdef')
    const url = (await urls(upload, [1]))[1] ?? ''
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('ab')),
      pull: (controller) => controller.error(new Error('reset')),
    })
    expect((await put(url, broken)).text).toMatch('<Code>IncompleteBody</Code>')
    const short = await put(url, 'ab', { 'content-length': '4' })
    expect(short.text).toMatch('<Code>IncompleteBody</Code>')
    expect((await post(`/list-parts/${addressOf(upload)}`)).body).toEqual({ parts: [] })
    expect(await readdir(join(dir, 'uploads', upload.uploadId, 'incoming'))).toEqual([])
    expect(errors).toEqual([])
  })

  test('that are sent again replace what was there', async () => {
    const { sent, put, post, storage } = await backend()
    const upload = await sent('abcdef')
    await put(upload.urls[1] ?? '', 'ABCD')
    const old = await post(`/complete/${upload.address}`, { parts: upload.parts })
    expect(old).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    const parts = [{ PartNumber: 1, ETag: md5('ABCD') }, upload.parts[1]]
    expect((await post(`/complete/${upload.address}`, { parts })).status).toBe(200)
    expect(await readFile(storage.objectPath(upload.key), 'utf8')).toBe('ABCDef')
  })

  test('in many chunks arrive whole', async () => {
    const content = Array.from({ length: 3000 }, (_, index) => String(index)).join()
    const { start, urls, put, post, storage } = await backend({ partSizeFor: () => 1 << 20 })
    const upload = await start(content)
    const bytes = new TextEncoder().encode(content)
    let at = 0
    const body = new ReadableStream({
      pull(controller) {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, at + 7))
        else controller.close()
        at += 7
      },
    })
    const { etag } = await put((await urls(upload, [1]))[1] ?? '', body)
    expect(etag).toBe(`"${md5(content)}"`)
    const parts = [{ PartNumber: 1, ETag: etag }]
    expect((await post(`/complete/${addressOf(upload)}`, { parts })).status).toBe(200)
    expect(await readFile(storage.objectPath(upload.key), 'utf8')).toBe(content)
  })

  test('of an upload that is gone have nowhere to go', async () => {
    const { sent, put, post } = await backend()
    const completed = await sent('abcdef')
    await post(`/complete/${completed.address}`, { parts: completed.parts })
    const aborted = await sent('abcdef')
    await post(`/abort/${aborted.address}`)
    for (const { urls } of [completed, aborted]) {
      const answer = await put(urls[1] ?? '', 'abcd')
      expect(answer.status).toBe(404)
      expect(answer.text).toMatch('<Code>NoSuchUpload</Code>')
    }
  })

  test('that arrive while the upload is aborted have nowhere to go', async () => {
    const { start, urls, put, post, errors } = await backend()
    const upload = await start('abcdef')
    const url = (await urls(upload, [1]))[1] ?? ''
    const body = new ReadableStream(
      {
        async pull(controller) {
          await post(`/abort/${addressOf(upload)}`)
          controller.enqueue(new TextEncoder().encode('abcd'))
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    expect((await put(url, body)).status).toBe(404)
    expect(errors).toEqual([])
  })
})

describe('complete', () => {
  test.each<[string, string, (parts: { PartNumber: number; ETag: string }[]) => unknown]>([
    ['another ETag', 'InvalidPart', ([a, b]) => [a, { ...b, ETag: md5('other') }]],
    ['an ETag that is no MD5', 'InvalidPart', ([a, b]) => [a, { ...b, ETag: 'x' }]],
    ['a part left out', 'InvalidPart', ([a]) => [a]],
    ['a part too many', 'InvalidPart', ([a, b]) => [a, b, { PartNumber: 3, ETag: md5('') }]],
    ['parts in disorder', 'InvalidPartOrder', ([a, b]) => [b, a]],
    ['a part twice', 'InvalidPartOrder', ([a, b]) => [a, a, b]],
    ['no parts', 'InvalidRequest', () => []],
    ['part 0', 'InvalidRequest', ([, b]) => [{ PartNumber: 0, ETag: 'x' }, b]],
    ['part 10001', 'InvalidRequest', ([a]) => [a, { PartNumber: 10_001, ETag: 'x' }]],
  ])('refuses %s as %s', async (_, code, change) => {
    const { sent, post, storage } = await backend()
    const { key, address, parts } = await sent('abcdef')
    const answer = await post(`/complete/${address}`, { parts: change(parts) })
    expect(answer).toMatchObject({ status: 400, body: { code } })
    await expect(stat(storage.objectPath(key))).rejects.toThrow('ENOENT')
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
  })

  test('refuses a part that never came', async () => {
    const { start, urls, put, post } = await backend()
    const upload = await start('abcdef')
    await put((await urls(upload, [1]))[1] ?? '', 'abcd')
    const parts = [
      { PartNumber: 1, ETag: md5('abcd') },
      { PartNumber: 2, ETag: md5('ef') },
    ]
    expect((await post(`/complete/${addressOf(upload)}`, { parts })).body.code).toBe('InvalidPart')
  })

  test.each([
    ['the default', undefined, 'abc', 'EntityTooSmall'],
    ['a smaller one', 2, 'abc', 'InvalidPart'],
    ['one above the plan', 5, 'abcd', 'EntityTooSmall'],
  ])('refuses parts below the minimum: %s', async (_, minPartSize, first, code) => {
    const disk = minPartSize === undefined ? {} : { minPartSize }
    const { sent, put, post } = await backend({}, disk)
    const { address, parts, urls } = await sent('abcdef')
    const { etag } = await put(urls[1] ?? '', first)
    const answer = await post(`/complete/${address}`, {
      parts: [{ PartNumber: 1, ETag: etag }, parts[1]],
    })
    expect(answer).toMatchObject({ status: 400, body: { code } })
  })

  test('repeated after its answer was lost succeeds, with the same parts only', async () => {
    const { sent, post, storage } = await backend()
    const { key, address, parts } = await sent('abcdef')
    const both = await Promise.all([
      post(`/complete/${address}`, { parts }),
      post(`/complete/${address}`, { parts }),
    ])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    const other = await post(`/complete/${address}`, { parts: parts.slice(0, 1) })
    expect(other).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    expect(await readFile(storage.objectPath(key), 'utf8')).toBe('abcdef')
  })

  test('leaves nothing but the object and a small record', async () => {
    const { sent, post, dir } = await backend()
    const { address, parts, uploadId } = await sent('abcdef')
    await post(`/complete/${address}`, { parts })
    for (const name of ['uploads', 'starts', 'trash']) {
      expect(await readdir(join(dir, name))).toEqual([])
    }
    expect(await readdir(join(dir, 'completed'))).toEqual([`${uploadId}.json`])
  })

  test('after a crash just before the record was written makes the same object', async () => {
    const { sent, post, storage } = await backend()
    const { key, address, parts } = await sent('abcdef')
    await mkdir(join(storage.objectPath(key), '..'), { recursive: true })
    await writeFile(storage.objectPath(key), 'abcdef')
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect(await readFile(storage.objectPath(key), 'utf8')).toBe('abcdef')
  })

  test('an empty file is one empty part', async () => {
    const { sent, post, storage } = await backend()
    const { key, address, parts } = await sent('')
    expect(parts).toEqual([{ PartNumber: 1, ETag: `"${md5('')}"` }])
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect((await stat(storage.objectPath(key))).size).toBe(0)
  })

  test('an object where a folder is needed is refused', async () => {
    let key = 'a'
    const { sent, post, errors } = await backend({ keyFor: () => key })
    const first = await sent('abcdef')
    await post(`/complete/${first.address}`, { parts: first.parts })
    key = 'a/b'
    const second = await sent('abcdef')
    const answer = await post(`/complete/${second.address}`, { parts: second.parts })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
    expect(errors).toEqual([])
  })
})

describe('start', () => {
  test('repeated answers the unfinished upload', async () => {
    const { start } = await backend()
    const first = await start('abcdef', { a: 1, b: { c: 2, d: 3 } })
    expect(await start('abcdef', { b: { d: 3, c: 2 }, a: 1 })).toEqual(first)
    const both = await Promise.all([start('abcdefg'), start('abcdefg')])
    expect(both[0]).toEqual(both[1])
  })

  test('of anything else starts anew', async () => {
    const { start, post, sent } = await backend()
    const first = await start('abcdef')
    const others = [
      await start('abcdef', { fileName: 'b.txt' }),
      await start('abcdef', { fileHash: HASH.replace('0', '1') }),
      await start('abcdefg'),
      await start('abcdef', { albumId: '42' }),
      (await post('/start', { fileName: 'a.txt', fileHash: HASH, fileSize: 6 }, 'eve')).body,
    ]
    const ids = new Set([first, ...others].map(({ uploadId }) => uploadId))
    expect(ids.size).toBe(6)
    const done = await sent('abcdef')
    expect(done.uploadId).toBe(first.uploadId)
    await post(`/complete/${done.address}`, { parts: done.parts })
    const next = await start('abcdef')
    expect(next.uploadId).not.toBe(first.uploadId)
    expect(next.key).not.toBe(first.key)
    await post(`/abort/${addressOf(next)}`)
    expect((await start('abcdef')).uploadId).not.toBe(next.uploadId)
  })
})

test('a restart forgets nothing', async () => {
  const before = await backend()
  const { dir } = before
  const upload = await before.start('abcdef')
  const urls = await before.urls(upload, [1, 2])
  const first = await before.put(urls[1] ?? '', 'abcd')

  const after = await backend({}, { dir })
  expect(await after.start('abcdef')).toEqual(upload)
  const second = await after.put(urls[2] ?? '', 'ef')
  const listed = await after.post(`/list-parts/${addressOf(upload)}`)
  expect(listed.body.parts).toEqual([
    { PartNumber: 1, ETag: first.etag, Size: 4 },
    { PartNumber: 2, ETag: second.etag, Size: 2 },
  ])
  const parts = listed.body.parts
  expect((await after.post(`/complete/${addressOf(upload)}`, { parts })).status).toBe(200)

  const later = await backend({}, { dir })
  expect((await later.post(`/complete/${addressOf(upload)}`, { parts })).status).toBe(200)
  expect(await readFile(later.storage.objectPath(upload.key), 'utf8')).toBe('abcdef')
})

describe('keys', () => {
  test.each([
    '',
    '/',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a/./b',
    'a//b',
    'a/',
    'a\\..\\b',
    'C:/x',
    'a\u0000b',
    'a\nb',
    'CON',
    'x/nul.txt',
    'trailing.',
    'trailing ',
    '\ud800',
  ])('%j is refused', async (key) => {
    const { post, dir } = await backend({ keyFor: () => key })
    const answer = await post('/start', { fileName: 'a', fileHash: HASH, fileSize: 1 })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
    expect(await readdir(join(dir, 'uploads')).catch(() => [])).toEqual([])
  })

  test.each([
    ['a name of 256 bytes', 'x'.repeat(256)],
    ['a key of more than 1,024 bytes', `${`${'x'.repeat(200)}/`.repeat(6)}x`],
  ])('%s is refused', async (_, key) => {
    const { post } = await backend({ keyFor: () => key })
    const answer = await post('/start', { fileName: 'a', fileHash: HASH, fileSize: 1 })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
  })

  test('never lead out of the folder', async () => {
    const dir = await temporaryDirectory()
    const storage = diskStorage({ dir })
    const objects = resolve(dir, 'objects') + sep
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', 'C:', '%2e%2e', '%2f', '~', '\u0000', 'a', '．．', ' '),
      fc.string({ unit: 'binary' }),
    )
    const keys = fc.array(piece).map((pieces) => pieces.join(''))
    let taken = 0
    await fc.assert(
      fc.property(keys, (key) => {
        let path: string
        try {
          path = storage.objectPath(key)
        } catch (error) {
          expect(error).toMatchObject({ code: 'InvalidRequest' })
          return
        }
        taken += 1
        expect(path.startsWith(objects)).toBe(true)
        expect(path.slice(objects.length).split(sep).join('/')).toBe(key)
      }),
      { numRuns: 1000 },
    )
    expect(taken).toBeGreaterThan(0)
  })
})

test('the ETag of a whole is made as in S3', () => {
  const parts = [md5('abcd'), md5('ef')].map((etag, index) => ({ partNumber: index + 1, etag }))
  const expected = createHash('md5').update(Buffer.from(md5('abcd') + md5('ef'), 'hex'))
  expect(multipartEtag(parts)).toBe(`${expected.digest('hex')}-2`)
})

test.each([
  { urlTtlSeconds: 0 },
  { urlTtlSeconds: 604_801 },
  { urlTtlSeconds: 1.5 },
  { secret: '' },
])('the options %j are refused', (options) => {
  expect(() => diskStorage({ dir: 'unused', ...options })).toThrow(RangeError)
})
