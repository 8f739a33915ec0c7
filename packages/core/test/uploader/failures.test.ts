import { describe, expect, test } from 'vitest'
import { type ErrorCode, UploadError } from '../../src/errors.ts'
import { answer, noSuchUpload, SIGNATURE } from '../support/memory-storage.ts'
import { bytesOf, type MemoryFile } from '../support/memory-transport.ts'
import { endpoints, extensions, json } from '../support/scripted-backend.ts'
import { errorOf, forbidUnhandledRejections, stateOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const TOKEN = 'Bearer t0ps3cret-t0ken-of-the-user'
const QUERY = 'apikey=qu3ry-s3cret-of-the-backend'

interface Failing {
  readonly what: string
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly fields?: object
  readonly message?: string
  readonly hint?: string
  readonly config?: object
  /** Bytes. Default 8: two parts. */
  readonly size?: number
  readonly prepare: (world: World, file: MemoryFile) => void
}

const leaky = (): Error =>
  new TypeError(`fetch failed: https://s3.test/x?X-Amz-Signature=${SIGNATURE} ${TOKEN}`, {
    cause: Object.assign(new Error(`reset ${SIGNATURE} ${QUERY}`), { code: 'ECONNRESET' }),
  })

const failing: readonly Failing[] = [
  {
    what: 'reading for the hash fails',
    code: 'file_unreadable',
    retryable: false,
    message: 'EIO',
    prepare: (world) => {
      world.transport.beforeRead = () => {
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      }
    },
  },
  {
    what: 'the transport knows why reading fails',
    code: 'file_not_found',
    retryable: true,
    prepare: (world) => {
      world.transport.beforeRead = () => {
        throw new UploadError('file_not_found', 'There is no a.bin', { cause: new Error('ENOENT') })
      }
    },
  },
  {
    what: 'a read is short',
    code: 'source_changed',
    retryable: true,
    prepare: (world) => {
      world.transport.shortBy = 1
    },
  },
  {
    what: 'the file changes between hash and PUT',
    code: 'source_changed',
    retryable: true,
    fields: { part: 1 },
    prepare: (world, file) => {
      world.backend.fault = (call) => {
        if (call === 'urls') file.bytes = bytesOf(8, 77)
        return undefined
      }
    },
  },
  {
    what: 'start is refused',
    code: 'backend_rejected',
    retryable: false,
    fields: { call: 'start', status: 422 },
    message: 'QuotaExceeded',
    prepare: (world) => {
      world.backend.fault = (call) =>
        call === 'start' ? json(422, { error: { code: 'QuotaExceeded' } }) : undefined
    },
  },
  {
    what: 'start is not there',
    code: 'backend_rejected',
    retryable: false,
    fields: { call: 'start', status: 404 },
    hint: 'trailingSlash',
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'start' ? json(404) : undefined)
    },
  },
  {
    what: 'start is unauthorized',
    code: 'unauthorized',
    retryable: false,
    fields: { call: 'start', status: 401 },
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'start' ? json(401) : undefined)
    },
  },
  {
    what: 'start answers 503 for ever',
    code: 'backend_unavailable',
    retryable: true,
    fields: { call: 'start', status: 503 },
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'start' ? json(503) : undefined)
    },
  },
  {
    what: 'start breaks for ever',
    code: 'network_failed',
    retryable: true,
    fields: { call: 'start', status: undefined },
    message: 'ECONNRESET',
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'start' ? leaky() : undefined)
    },
  },
  {
    what: 'start is never answered',
    code: 'stalled',
    retryable: true,
    fields: { call: 'start' },
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'start' ? 'hang' : undefined)
    },
  },
  {
    what: 'start answers nonsense',
    code: 'response_invalid',
    retryable: false,
    fields: { call: 'start', status: 200 },
    message: 'partSize',
    prepare: (world) => {
      world.backend.fault = (call) =>
        call === 'start' ? json(200, { key: 'k', uploadId: 'u' }) : undefined
    },
  },
  {
    what: 'partSize is too small',
    code: 'too_many_parts',
    retryable: false,
    fields: { call: 'start' },
    message: '2',
    size: 10_001,
    prepare: (world) => {
      world.backend.partSize = 1
    },
  },
  {
    what: 'urls is refused',
    code: 'backend_rejected',
    retryable: false,
    fields: { call: 'urls', status: 400 },
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'urls' ? json(400) : undefined)
    },
  },
  {
    what: 'urls answers 500 for ever',
    code: 'backend_unavailable',
    retryable: true,
    fields: { call: 'urls', status: 500 },
    prepare: (world) => {
      world.backend.fault = (call) => (call === 'urls' ? json(500) : undefined)
    },
  },
  {
    what: 'urls leaves one out',
    code: 'response_invalid',
    retryable: false,
    fields: { call: 'urls', status: 200 },
    message: 'part 2',
    prepare: (world) => {
      world.backend.fault = (call) =>
        call === 'urls'
          ? json(200, { urls: { 1: world.storage.presign('in/a.bin', 'mp-1', 1) } })
          : undefined
    },
  },
  {
    what: 'urls gives URLs that have expired',
    code: 'response_invalid',
    retryable: false,
    fields: { call: 'urls' },
    message: 'expired',
    prepare: (world) => {
      world.storage.urlLifeSeconds = 0
    },
  },
  {
    what: 'the PUT is forbidden for ever',
    code: 'storage_rejected',
    retryable: false,
    fields: { part: 1, status: 403, call: undefined },
    prepare: (world) => {
      world.storage.fault = ({ part }) =>
        part === 1
          ? {
              status: 403,
              headers: {},
              body: `<Error><Code>SignatureDoesNotMatch</Code><StringToSign>${SIGNATURE}</StringToSign></Error>`,
            }
          : undefined
    },
    message: 'SignatureDoesNotMatch',
  },
  {
    what: 'the PUT is refused',
    code: 'storage_rejected',
    retryable: false,
    fields: { part: 2, status: 400 },
    prepare: (world) => {
      world.storage.fault = ({ part }) => (part === 2 ? answer(400) : undefined)
    },
  },
  {
    what: 'the multipart upload is lost again and again',
    code: 'upload_lost',
    retryable: true,
    fields: { status: 404 },
    prepare: (world) => {
      world.storage.fault = () => noSuchUpload
    },
  },
  {
    what: 'the PUT answers 500 for ever',
    code: 'storage_unavailable',
    retryable: true,
    fields: { part: 1, status: 500 },
    prepare: (world) => {
      world.storage.fault = ({ part }) => (part === 1 ? answer(500) : undefined)
    },
  },
  {
    what: 'the PUT breaks for ever',
    code: 'network_failed',
    retryable: true,
    fields: { part: 2, status: undefined },
    message: 'ECONNRESET',
    prepare: (world) => {
      world.storage.fault = ({ part }) => (part === 2 ? leaky() : undefined)
    },
  },
  {
    what: 'the PUT stands still for ever',
    code: 'stalled',
    retryable: true,
    fields: { part: 1 },
    prepare: (world) => {
      world.storage.fault = ({ part }) => (part === 1 ? 'hang' : undefined)
    },
  },
  {
    what: 'the PUT answers without an ETag',
    code: 'etag_missing',
    retryable: false,
    fields: { part: 1, status: 200 },
    hint: 'ExposeHeaders',
    prepare: (world) => {
      world.storage.fault = ({ part }) => (part === 1 ? answer(200) : undefined)
    },
  },
  {
    what: 'complete is refused',
    code: 'backend_rejected',
    retryable: false,
    fields: { call: 'complete', status: 400 },
    message: 'InvalidPart',
    prepare: (world) => {
      world.backend.fault = (call) =>
        call === 'complete' ? json(400, { code: 'InvalidPart' }) : undefined
    },
  },
  {
    what: 'complete was lost and is refused when it is made again',
    code: 'complete_uncertain',
    retryable: true,
    fields: { call: 'complete', status: 404 },
    prepare: (world) => {
      world.backend.fault = (call, count) =>
        call === 'complete' && count === 1 ? 'lost' : undefined
    },
  },
  {
    what: 'complete was lost, and the parts are gone from the list too',
    code: 'complete_uncertain',
    retryable: true,
    fields: { call: 'list', status: 404 },
    config: extensions,
    prepare: (world) => {
      world.backend.fault = (call, count) =>
        call === 'complete' && count === 1 ? 'lost' : undefined
    },
  },
  {
    what: 'the headers function gives nonsense',
    code: 'config_invalid',
    retryable: false,
    fields: { call: 'start' },
    config: { headers: () => ({ authorization: `${TOKEN}\n` }) },
    prepare: () => {},
  },
  {
    what: 'the headers function throws for ever',
    code: 'network_failed',
    retryable: true,
    fields: { call: 'start' },
    config: {
      headers: () => {
        throw new Error('no session')
      },
    },
    prepare: () => {},
  },
]

/** Everything that a logger would print of a value. */
function shown(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > 6) return ''
  const { message, stack, cause } = value as Error
  const own = Object.entries(value).flatMap(([name, entry]) => [name, shown(entry, depth + 1)])
  return [message, stack, shown(cause, depth + 1), ...own, JSON.stringify(value)].join('\n')
}

describe.each(failing)('when $what', (one) => {
  test(`it fails as ${one.code}, says what to do, and shows no secret`, async () => {
    const world = new World()
    const file = world.file('a.bin', one.size ?? 8)
    one.prepare(world, file)
    const uploader = await world.uploader({
      concurrency: 2,
      config: {
        ...endpoints,
        startUploadApi: `${endpoints.startUploadApi}?${QUERY}`,
        headers: { authorization: TOKEN },
        ...one.config,
      },
    })
    const upload = await uploader.uploadFile(file)
    const { done } = upload
    await world.clock.exhaust()

    const error = await errorOf(done)
    expect(error).toBeInstanceOf(UploadError)
    expect(error).toMatchObject({ code: one.code, retryable: one.retryable, ...one.fields })
    expect(error.message).toContain(one.message ?? '')
    expect(error.hint).toContain(one.hint ?? '')
    expect(error.hint.length).toBeGreaterThan(20)
    const snapshot = upload.getSnapshot()
    expect(snapshot).toMatchObject({ status: 'failed', waitingFor: undefined, partsInFlight: 0 })
    expect(snapshot.error).toBe(error)
    expect(upload.getSnapshot().error).toBe(error)

    const everything = [shown(error), shown(snapshot), ...world.problems.map((one) => shown(one))]
    everything.push(...world.store.batches.flatMap((batch) => batch.map((change) => shown(change))))
    for (const secret of [SIGNATURE, TOKEN, 't0ps3cret', QUERY, 'qu3ry-s3cret']) {
      expect(everything.join('\n')).not.toContain(secret)
    }
    // It is over: nothing is under way and nothing will happen.
    expect(world.storage.inFlight).toBe(0)
    expect(world.clock.pending).toBe(0)
    expect(world.stored('a.bin') === undefined || one.code === 'complete_uncertain').toBe(true)
  })

  test('it fails alone: others go on', async () => {
    const world = new World()
    const other = world.file('b.bin', 8)
    const uploader = await world.uploader({ concurrency: 2 })
    const good = await uploader.uploadFile(other)
    await world.clock.exhaust()
    const file = world.file('a.bin', one.size ?? 8)
    one.prepare(world, file)
    const bad = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(await stateOf(good.done)).toBe('resolved')
    const rest = new World().transport
    Object.assign(world.transport, { beforeRead: rest.beforeRead, shortBy: 0 })
    world.backend.fault = () => undefined
    world.backend.partSize = 4
    world.storage.fault = () => undefined
    world.storage.urlLifeSeconds = 3600
    const next = await uploader.uploadFile(world.file('c.bin', 8))
    await world.clock.exhaust()
    expect(await stateOf(next.done)).toBe('resolved')
    bad.cancel()
    expect(uploader.getSnapshot().byStatus.completed).toBeGreaterThanOrEqual(2)
  })
})

describe('a cause', () => {
  test('is what went wrong underneath, where it shows no secret', async () => {
    const world = new World()
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    world.storage.fault = () => reset
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(await errorOf(upload.done)).toMatchObject({ code: 'network_failed', cause: reset })
  })
})

describe('with listPartsApi', () => {
  test('lost ETags are recovered instead of sending the parts again', async () => {
    const world = new World()
    // A header-blind transport: stored, but nobody saw the ETag.
    const put = world.storage.put.bind(world.storage)
    world.storage.put = async (request) => ({ ...(await put(request)), headers: {} })
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
    expect(world.transcript).toEqual([
      'start a',
      'urls in/a 1,2,3',
      'PUT in/a 1',
      'PUT in/a 2',
      'PUT in/a 3',
      'list',
      'complete 1,2,3',
    ])
    expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
  })
})

describe('uploadFile refuses', () => {
  test.each([
    ['fileName', { fileName: 'x' }],
    ['a function', { callback: () => {} }],
    ['an array', ['x']],
  ])('userParams with %s', async (_, userParams) => {
    const world = new World()
    const uploader = await world.uploader()
    const work = uploader.uploadFile(world.file('a', 4), { userParams: userParams as never })
    expect(await errorOf(work)).toMatchObject({ code: 'user_params_invalid' })
    expect(uploader.uploads()).toEqual([])
    expect(world.transport.opened).toBe(0)
  })

  test('what the transport refuses, in its words', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const refusal = new UploadError('file_not_regular', 'a is a directory')
    world.transport.beforeOpen = () => {
      throw refusal
    }
    expect(await errorOf(uploader.uploadFile(world.file('a', 4)))).toBe(refusal)
  })
})

test('a fault of our own is reported, and others go on', async () => {
  const world = new World()
  const { clock } = world
  let isBroken = false
  const setTimer: typeof clock.setTimer = (callback, delayMs) => {
    if (!isBroken) return clock.setTimer(callback, delayMs)
    isBroken = false
    throw new RangeError('no more timers')
  }
  world.backend.latencyMs = 100
  const uploader = await world.uploader({
    platform: { clock: { now: clock.now, wall: clock.wall, setTimer } },
  })
  for (const name of ['a', 'b']) await uploader.uploadFile(world.file(name, 8))
  await clock.advance(50)
  isBroken = true
  await clock.exhaust()
  expect(world.problems).toMatchObject([
    { code: 'internal', cause: new RangeError('no more timers') },
  ])
  expect(uploader.uploads().map((upload) => upload.getSnapshot().status)).toContain('completed')
})
