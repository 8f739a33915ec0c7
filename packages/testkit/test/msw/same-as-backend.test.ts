import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { expect, onTestFinished, test } from 'vitest'
import type { Client, Received } from './clients.ts'
import { codeOf, listen, NOW, type Started, wire } from './fixture.ts'

// The handler is the same; the storage is another. One script, played to both, must come out the same.

type Api = ReturnType<typeof wire>

const MIB = 1024 * 1024

const scripts: Readonly<
  Record<string, (api: Api, advance: (ms: number) => void) => Promise<unknown>>
> = {
  'an upload': async (api) => {
    const { parts, ...upload } = await api.sent('abcdef')
    await api.list(upload)
    await api.complete(upload, parts)
    await api.complete(upload, parts)
    await api.complete(upload, parts.slice(1))
    await api.list(upload)
    await api.urls(upload, [1])
    await api.abort(upload)
  },
  'an empty file': async (api) => {
    const { parts, ...upload } = await api.sent('')
    await api.complete(upload, parts)
  },
  'a start that is repeated': async (api) => {
    const first = await api.sent('abcdef', { albumId: 1 })
    const again = await api.started({ albumId: 1 })
    const other = await api.started({ albumId: 2 })
    await api.list(again)
    await api.list(other)
    await api.complete(first, first.parts)
    await api.list(await api.started({ albumId: 1 }))
  },
  'an abort': async (api) => {
    const { urls, parts, ...upload } = await api.sent('abcdef')
    await api.abort(upload)
    await api.abort(upload)
    await api.put(urls[0] ?? '', 'abcd')
    await api.complete(upload, parts)
  },
  'parts that are wrong': async (api) => {
    const { urls, parts, ...upload } = await api.sent('abcdef')
    const [first, second] = parts
    await api.complete(upload, [])
    await api.complete(upload, [first ?? {}])
    await api.complete(upload, [second ?? {}, first ?? {}])
    await api.complete(upload, [first ?? {}, first ?? {}])
    await api.complete(upload, [{ ...first, ETag: 'odd' }, second ?? {}])
    await api.complete(upload, [{ ...first, ETag: '0'.repeat(32) }, second ?? {}])
    await api.complete(upload, [...parts, { PartNumber: 3, ETag: '0'.repeat(32) }])
    await api.put(urls[0] ?? '', 'abcde')
    await api.put(urls[0] ?? '', 'abc')
    await api.list(upload)
    await api.complete(upload, parts)
    await api.put(urls[0] ?? '', 'ABCD')
    await api.list(upload)
  },
  'a part that is too short, with its own ETag': async (api) => {
    const { urls, parts, ...upload } = await api.sent('abcdef')
    const { headers } = await api.put(urls[1] ?? '', 'e')
    await api.complete(upload, [...parts.slice(0, 1), { PartNumber: 2, ETag: headers.etag?.[0] }])
    const short = await api.put(urls[0] ?? '', 'abc')
    await api.complete(upload, [
      { PartNumber: 1, ETag: short.headers.etag?.[0] },
      ...parts.slice(1),
    ])
  },
  URLs: async (api, advance) => {
    const upload = await api.started()
    await api.urls(upload, [])
    await api.urls(upload, [0])
    await api.urls(upload, [3])
    await api.urls(upload, [10_001])
    await api.urls({ ...upload, key: 'other' }, [1])
    const [url = ''] = await api.signed(upload, 1)
    await api.put(`${url}&x=1`, 'abcd')
    await api.put(url.replace(/\?.*/, ''), 'abcd')
    await api.put(url.replace('Expires=3600', 'Expires=3601'), 'abcd')
    advance(3_600_000 - 1)
    await api.put(url, 'abcd')
    advance(1)
    await api.put(url, 'abcd')
  },
  'uploads that do not exist': async (api) => {
    const upload: Started = { key: 'a', uploadId: 'none', partSize: 4 }
    await api.urls(upload, [1])
    await api.list(upload)
    await api.complete(upload, [{ PartNumber: 1, ETag: 'x' }])
    await api.abort(upload)
  },
}

test.each(Object.keys(scripts))('the storage on disk answers the same: %s', async (name) => {
  const answers = await Promise.all([play(name, mock()), play(name, await disk())])
  expect(answers[0].length).toBeGreaterThan(2)
  expect(answers[0]).toEqual(answers[1])
})

test('parts below 5 MiB are too small where more are planned', async () => {
  const script = async (api: Api) => {
    const upload = await api.started({ fileSize: 5 * MIB + 1 })
    const tags = []
    for (const url of await api.signed(upload, 1, 2)) {
      const { headers } = await api.put(url, 'x')
      tags.push({ PartNumber: tags.length + 1, ETag: headers.etag?.[0] })
    }
    await api.complete(upload, tags)
  }
  const partSize = 5 * MIB
  const answers = await Promise.all([
    play(script, mock(partSize)),
    play(script, await disk(partSize)),
  ])
  expect(answers[0].at(-1)).toMatchObject({ status: 400, code: 'EntityTooSmall' })
  expect(answers[0]).toEqual(answers[1])
})

interface Side {
  readonly api: Api
  readonly answers: Received[]
  readonly advance: (ms: number) => void
}

function record(client: Client): { readonly client: Client; readonly answers: Received[] } {
  const answers: Received[] = []
  return {
    answers,
    client: async (url, sent) => {
      const answer = await client(url, sent)
      answers.push(answer)
      return answer
    },
  }
}

function mock(partSize = 4): Side {
  const { backend, clock } = listen({ partSize })
  const { client, answers } = record(async (url, { method = 'POST', headers = {}, body } = {}) =>
    received(await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })),
  )
  return { api: wire(backend.config, client), answers, advance: clock.advance }
}

async function disk(partSize = 4): Promise<Side> {
  const dir = await mkdtemp(join(tmpdir(), 's3-bg-uploader-testkit-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  let now = NOW
  const handler = createUploadHandler({
    storage: diskStorage({ dir, clock: () => now }),
    authorize: () => ({ id: 'anybody' }),
    keyFor: ({ fileHash, fileName }) => `${fileHash}/${fileName}`,
    partSizeFor: () => partSize,
  })
  const { client, answers } = record(async (url, { method = 'POST', headers = {}, body } = {}) =>
    received(
      await handler(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) })),
    ),
  )
  const base = 'http://disk.localhost'
  const config = {
    startUploadApi: `${base}/start`,
    getUploadUrlsApi: `${base}/urls`,
    completeApi: `${base}/complete`,
    listPartsApi: `${base}/list-parts`,
    abortApi: `${base}/abort`,
  }
  const advance = (ms: number) => {
    now += ms
  }
  return { api: wire(config, client), answers, advance }
}

async function received(response: Response): Promise<Received> {
  const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]]))
  return { status: response.status, headers, text: await response.text() }
}

/** The answers, without what must differ: ids, signatures, and the wording of refusals. */
async function play(script: string | ((api: Api) => Promise<unknown>), side: Side) {
  const run = typeof script === 'string' ? scripts[script] : script
  await run?.(side.api, side.advance)
  const ids: string[] = []
  const idOf = (id: string) => {
    if (!ids.includes(id)) ids.push(id)
    return `id ${ids.indexOf(id)}`
  }
  return side.answers.map((answer) => {
    const { status, headers, text } = answer
    const code = codeOf(answer)
    const body =
      code === undefined && text !== ''
        ? JSON.parse(text, (name, value) => {
            if (name === 'uploadId') return idOf(value)
            return typeof value === 'string' && value.startsWith('http') ? expiryOf(value) : value
          })
        : undefined
    const named = ['content-type', 'cache-control', 'etag', 'allow'].map((name) => headers[name])
    return { status, code, body, named }
  })
}

function expiryOf(url: string): string {
  const { searchParams } = new URL(url)
  return `${searchParams.get('X-Amz-Date')} ${searchParams.get('X-Amz-Expires')}`
}
