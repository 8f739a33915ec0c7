import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectionUrl, findNameProblem, objectUrl } from '../../src/protocol/endpoints.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const slash = { trailingSlash: true }
const asIs = { trailingSlash: false }

test.each([
  ['https://b.test/start', 'https://b.test/start/'],
  ['https://b.test/start/', 'https://b.test/start/'],
  ['https://b.test/start///', 'https://b.test/start/'],
  ['https://b.test', 'https://b.test/'],
  ['https://b.test/start?code=a/b', 'https://b.test/start/?code=a/b'],
  ['https://b.test/start/?code=1?2', 'https://b.test/start/?code=1?2'],
  ['https://b.test?code=1', 'https://b.test/?code=1'],
])('%s becomes %s, or stays', (base, expected) => {
  expect(collectionUrl(base, slash)).toBe(expected)
  expect(collectionUrl(base, asIs)).toBe(base)
})

test.each([
  ['https://b.test/complete', 'https://b.test/complete/id/a/b.txt'],
  ['https://b.test/complete/', 'https://b.test/complete/id/a/b.txt'],
  ['https://b.test', 'https://b.test/id/a/b.txt'],
  ['https://b.test/complete?code=a/b&x', 'https://b.test/complete/id/a/b.txt?code=a/b&x'],
])('%s becomes %s', (base, expected) => {
  expect(objectUrl(base, { key: 'a/b.txt', uploadId: 'id' })).toBe(expected)
})

const names = [
  ['photos/2026/a b.jpg', 'photos/2026/a%20b.jpg'],
  ['a+b=c&d.txt', 'a%2Bb%3Dc%26d.txt'],
  ['100%.txt', '100%25.txt'],
  ['%2e%2e/x', '%252e%252e/x'],
  ['where?#:;@,$', 'where%3F%23%3A%3B%40%2C%24'],
  ["it's (the) *best*!", 'it%27s%20%28the%29%20%2Abest%2A%21'],
  ['Grüße/日本/🎉', 'Gr%C3%BC%C3%9Fe/%E6%97%A5%E6%9C%AC/%F0%9F%8E%89'],
  ['back\\slash\t\n"<>`{}|^[]', 'back%5Cslash%09%0A%22%3C%3E%60%7B%7D%7C%5E%5B%5D'],
  ['/leading//double/', '/leading//double/'],
  ['.../.hidden/a..b/..c', '.../.hidden/a..b/..c'],
] as const

test.each(names)('the key %s is sent as %s', (key, encoded) => {
  expect(objectUrl('https://b.test/c', { key, uploadId: 'id' })).toBe(
    `https://b.test/c/id/${encoded}`,
  )
})

test('an uploadId is one segment, whatever is in it', () => {
  expect(objectUrl('https://b.test/c', { key: 'k', uploadId: 'a/b+c=.?~_-' })).toBe(
    'https://b.test/c/a%2Fb%2Bc%3D.%3F~_-/k',
  )
})

test.each(['..', '.', 'a/../b', './a', 'a/.', 'a/..'])(
  'the key %s would reach another object, so it is refused',
  (key) => {
    expect(findNameProblem({ key, uploadId: 'id' })).toMatch(/^key: /)
    expect(() => objectUrl('https://b.test/c', { key, uploadId: 'id' })).toThrow(
      expect.objectContaining({
        code: 'response_invalid',
        message: expect.stringMatching(/^key: /),
      }),
    )
  },
)

test('so are such an uploadId and what is not Unicode', () => {
  expect(findNameProblem({ key: 'k', uploadId: '..' })).toMatch(/^uploadId: /)
  expect(findNameProblem({ key: '\ud800', uploadId: 'id' })).toMatch(/^key: /)
  expect(findNameProblem({ key: 'k', uploadId: '\udc00' })).toMatch(/^uploadId: /)
  expect(findNameProblem({ key: 'k', uploadId: 'id' })).toBeUndefined()
})

const anyName = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1 }),
  uploadId: fc.string({ unit: 'binary', minLength: 1 }),
})

test('the segments of the path decode to the names again', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      fc.pre(findNameProblem(name) === undefined)
      const path = objectUrl('https://b.test/c/', name).slice('https://b.test/c/'.length)
      const [uploadId = '', ...key] = path.split('/').map(decodeURIComponent)
      expect({ uploadId, key: key.join('/') }).toEqual(name)
    }),
  )
})

test('a URL class has nothing to change', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      fc.pre(findNameProblem(name) === undefined)
      const url = objectUrl('https://b.test/c', name)
      expect(new URL(url).href).toBe(url)
    }),
  )
})

const seen: string[] = []
const server = createServer((request, response) => {
  seen.push(request.url ?? '')
  response.end()
})
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

test('fetch puts these paths on the wire untouched', async () => {
  for (const [key] of names)
    await fetch(objectUrl(`${origin}/c?x=1`, { key, uploadId: 'i/d' }), { method: 'POST' })
  await fetch(collectionUrl(`${origin}/start?code=a%2Fb`, slash), { method: 'POST' })
  await fetch(collectionUrl(`${origin}/start?code=a%2Fb`, asIs), { method: 'POST' })
  expect(seen).toEqual([
    ...names.map(([, encoded]) => `/c/i%2Fd/${encoded}?x=1`),
    '/start/?code=a%2Fb',
    '/start?code=a%2Fb',
  ])
})
