import { describe, expect, test } from 'vitest'
import { endpoints, json } from '../support/scripted-backend.ts'
import { errorOf, forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

describe('setConfig', () => {
  test('must have been called before files are added', async () => {
    const world = new World()
    const uploader = await world.uploader({ config: undefined })
    const error = await errorOf(uploader.uploadFile(world.file('a', 8)))
    expect(error).toMatchObject({ code: 'config_missing' })
    expect(error.hint).toContain('setConfig')
    uploader.setConfig(endpoints)
    const upload = await uploader.uploadFile(world.file('b', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('lets restored uploads go on', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    world.storage.fault = () => undefined
    const second = await world.uploader({ config: undefined })
    const [upload] = second.uploads()
    let heard = 0
    upload?.subscribe(() => {
      heard += 1
    })
    await world.clock.exhaust()
    expect(upload?.getSnapshot()).toMatchObject({
      status: 'queued',
      waitingFor: { reason: 'config' },
    })
    second.setConfig(endpoints)
    expect(upload?.getSnapshot().waitingFor).toBeUndefined()
    await world.clock.exhaust()
    expect(upload?.getSnapshot().status).toBe('completed')
    expect(heard).toBeGreaterThan(0)
  })

  test('changes where the next call goes', async () => {
    const world = new World()
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    uploader.setConfig({
      ...endpoints,
      startUploadApi: 'https://api.test/start/v2',
      trailingSlash: false,
    })
    await uploader.uploadFile(world.file('b', 8))
    await world.clock.exhaust()
    const starts = world.backend.calls.filter(({ call }) => call === 'start')
    expect(starts.map(({ url }) => url)).toEqual([
      'https://api.test/start/',
      'https://api.test/start/v2',
    ])
  })

  test.each([
    ['startUploadApi', { startUploadApi: 'not a url' }],
    ['completeApi', { completeApi: 'ftp://api.test/' }],
    ['headers', { headers: { 'bad name': 'x' } }],
    ['etag', { etag: 'weak' }],
  ])('refuses a wrong %s and keeps what there was', async (option, wrong) => {
    const world = new World()
    const uploader = await world.uploader()
    const config = { ...endpoints, ...wrong } as typeof endpoints
    const refusal = await errorOf((async () => uploader.setConfig(config))())
    expect(refusal).toMatchObject({ code: 'config_invalid' })
    expect(refusal.message).toContain(option === 'headers' ? 'header' : option)
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(await errorOf(world.uploader({ config }))).toMatchObject({ code: 'config_invalid' })
  })
})

describe('headers', () => {
  test('go to the backend with every call', async () => {
    const world = new World()
    const headers = { authorization: 'Bearer one' }
    const uploader = await world.uploader({ config: { ...endpoints, headers } })
    await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(world.backend.calls.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer one',
      'Bearer one',
      'Bearer one',
    ])
  })

  test('of a function are asked for anew before every call, and once more after a 401', async () => {
    const world = new World()
    let asked = 0
    const headers = async (): Promise<Record<string, string>> => {
      asked += 1
      return { authorization: `Bearer ${asked}` }
    }
    world.backend.fault = (call, count) => (call === 'urls' && count === 1 ? json(401) : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, headers } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(
      world.backend.calls.map(({ call, headers }) => `${call} ${headers.authorization}`),
    ).toEqual(['start Bearer 1', 'urls Bearer 2', 'urls Bearer 3', 'complete Bearer 4'])
  })
})

describe('etag', () => {
  test.each([
    ['unquoted', /^[0-9a-f]{32}$/],
    ['verbatim', /^"[0-9a-f]{32}"$/],
  ] as const)('%s says how ETags go back', async (etag, expected) => {
    const world = new World()
    world.backend.fault = (call) => (call === 'complete' ? json(200) : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, etag } })
    await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(world.backend.calls.at(-1)?.body).toEqual({
      parts: [{ PartNumber: 1, ETag: expect.stringMatching(expected) }],
    })
  })
})
