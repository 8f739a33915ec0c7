import { UploadError } from '@s3-bg-uploader/core'
import { transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BackgroundService, type QueueFault } from './background-service.ts'
import { collect } from './collect.ts'
import type { Faults } from './faults.ts'
import { type KeepingFault, type Kept, keepingTransport } from './keeping-transport.ts'
import { MemoryDisk } from './memory-disk.ts'
import { referenceTransport } from './reference-transport.ts'

// A suite that cannot fail proves nothing: here every transport has one fault, and must be caught.

let server: NodePutServer

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(() => server.close())

const MUTANTS: readonly (readonly [fault: string, faults: Faults, caughtBy: readonly string[]])[] =
  [
    [
      'sends one byte too many, unless at the end',
      { range: ({ start, end }) => ({ start, end: end - start > 1000 ? end - 1 : end }) },
      [
        '§5 put sends exactly the bytes of the range: the whole file',
        '§5 put announces the exact content-length, and sends no chunks',
      ],
    ],
    [
      'begins one byte early',
      {
        range: ({ start, end }) =>
          start > 0 ? { start: start - 1, end: end - 1 } : { start, end },
      },
      [
        '§5 put sends exactly the bytes of the range: its last byte',
        '§5 100 parts of one file at once have the right bytes each',
      ],
    ],
    [
      'reads one byte early',
      {
        readRange: ({ start, end }) =>
          start > 0 ? { start: start - 1, end: end - 1 } : { start, end },
      },
      ['§5 read gives exactly the bytes of the range, at every edge'],
    ],
    [
      'reads into one buffer for everybody who reads the source, larger than asked',
      { readRange: ({ start, end }) => ({ start, end: end + 1 }) },
      ['§5 read into a longer buffer gives no more than the range'],
    ],
    [
      'gives what it read in memory that its next read writes to',
      { does: ['share one buffer'] },
      ['§5 what was read stays while the next range is read into other memory'],
    ],
    [
      'gives a short read for the end of the file',
      { ignores: ['end of file'] },
      ['§6.6 read of a range that the file does not have throws source_changed'],
    ],
    [
      'follows redirects',
      { does: ['follow redirects'] },
      ['§2 a redirect is not followed: 301', '§2 a redirect is not followed: 307'],
    ],
    [
      'throws for a 403',
      {
        answer: (response) => {
          if (response.status === 403) throw new Error('It was refused')
          return response
        },
      },
      ['§5 a refusal is data: 403', '§5 an answer before the body is read is delivered'],
    ],
    [
      'takes every answer for a success',
      { answer: (response) => ({ ...response, status: 200 }) },
      ['§5 a refusal is data: 503', '§5 a success is data: 204'],
    ],
    [
      'lets progress fall back',
      { progress: (sent, length) => (sent > length / 2 ? sent - 100_000 : sent) },
      [
        '§5 progress, if any, is in whole bytes, never falls and never exceeds the part',
        '§5 progress is the whole part once it is answered',
      ],
    ],
    [
      'counts progress from the beginning of the file',
      { progress: (sent, _, start) => start + sent },
      ['§5 progress, if any, is in whole bytes, never falls and never exceeds the part'],
    ],
    [
      'tells progress once, at the beginning',
      { progress: (_, length) => length },
      [
        '§6.5 a large part shows that it is alive: progress comes in steps',
        '§5 progress does not run ahead of a network that takes nothing',
        '§5 the second attempt begins its progress anew',
      ],
    ],
    [
      'ignores an abort',
      { ignores: ['abort'] },
      [
        '§6.5 a server that stalls after the part is read keeps a put waiting until it is aborted',
        '§6.8 a put that is aborted ends its connection, with the part incomplete',
      ],
    ],
    [
      'sends although it was aborted before',
      { ignores: ['abort before', 'abort'] },
      ['§6.8 a put that is aborted before it begins sends nothing'],
    ],
    [
      'gives up by itself',
      { does: ['time out'] },
      [
        '§6.5 a server that stalls before a small part is read keeps a put waiting until it is aborted',
      ],
    ],
    [
      'writes the ETag in lower case',
      {
        answer: ({ headers, ...rest }) => ({
          ...rest,
          headers: { ...headers, etag: headers.etag?.toLowerCase() ?? '' },
        }),
      },
      ['§2 put hands on the ETag verbatim: "0a1B2c"'],
    ],
    [
      'takes the quotes from the ETag',
      {
        answer: ({ headers, ...rest }) => ({
          ...rest,
          headers: { ...headers, etag: headers.etag?.replaceAll('"', '') ?? '' },
        }),
      },
      ['§2 put hands on the ETag verbatim: "0a1B2c"'],
    ],
    [
      'adds a content-type',
      { headers: (headers) => ({ ...headers, 'content-type': 'application/octet-stream' }) },
      ['§2 put adds no content-type: it would be part of the signature'],
    ],
    [
      'sends the headers of the control calls',
      { headers: (headers) => ({ ...headers, authorization: 'Bearer secret' }) },
      ['§2 put sends no credentials and no header of its own making'],
    ],
    [
      'sends chunks',
      {
        headers: ({ 'content-length': _, ...rest }) => ({
          ...rest,
          'transfer-encoding': 'chunked',
        }),
      },
      ['§5 put announces the exact content-length, and sends no chunks'],
    ],
    [
      'announces one byte too few',
      {
        headers: (headers) => ({
          ...headers,
          'content-length': String(Math.max(0, Number(headers['content-length']) - 1)),
        }),
      },
      [
        '§5 put announces the exact content-length, and sends no chunks',
        '§5 put sends exactly the bytes of the range: exactly 1 MiB',
      ],
    ],
    [
      'sends another Host',
      { headers: (headers) => ({ ...headers, host: 'localhost' }) },
      ['§2 put sends the Host header that was signed'],
    ],
    [
      'writes the URL anew',
      {
        url: (url) => {
          const parsed = new URL(url)
          parsed.search = new URLSearchParams(parsed.search).toString()
          return parsed.href
        },
      },
      [
        '§2 put uses the URL exactly as received: percent-encoding in upper and lower case',
        '§2 put uses the URL exactly as received: a plus and an encoded space',
      ],
    ],
    [
      'sorts the query',
      {
        url: (url) => {
          const parsed = new URL(url)
          parsed.searchParams.sort()
          return parsed.href
        },
      },
      ['§2 put uses the URL exactly as received: repeated, empty and unordered parameters'],
    ],
    [
      'sends the part a second time',
      { does: ['send twice'] },
      ['§5 put sends one request, of method PUT'],
    ],
    [
      'hands on bodies of any length',
      { does: ['read whole answers'] },
      [
        '§5 of the long body of a 403 at most 4 KiB are handed on',
        '§5 a 500 with a body that does not end does not hang',
      ],
    ],
    [
      'leaks a descriptor for every source',
      { ignores: ['close'] },
      ['§5 a closed source holds nothing'],
    ],
    [
      'does not see that a file changes',
      { ignores: ['changes', 'end of file'] },
      [
        '§6.6 reading a file that has other bytes, as many throws source_changed',
        '§6.6 putting a file that became longer throws source_changed and completes no part',
        '§6.6 a file that changes after one part fails the next',
      ],
    ],
    [
      'looks at the file only before it sends',
      { ignores: ['changes while sending'] },
      ['§6.6 a part whose file changes while it is sent throws source_changed'],
    ],
    [
      'hashes with another seed',
      { hash: (digest) => [...digest].reverse().join('') },
      ['§2 a native hash is XXH64 with seed 0: 1 bytes'],
    ],
    [
      'drops the zeros in front of a hash',
      { hash: (digest) => digest.toUpperCase() },
      ['§2 a native hash is XXH64 with seed 0: 65537 bytes'],
    ],
    [
      'throws a TypeError for a ref that it cannot read',
      { ignores: ['bad refs'] },
      ['§5 reopen refuses the ref null with a typed error'],
    ],
    [
      'puts the URL into its errors',
      { error: (error, url) => new Error(`PUT ${url} failed`, { cause: error }) },
      [
        '§6.11 the error of a put that is reset does not tell the query of the URL',
        '§6.11 the error of a put that nobody answers does not tell the query of the URL',
      ],
    ],
    [
      'puts the URL into the cause of its errors',
      { error: (_, url) => new Error('failed', { cause: Object.assign(new Error(), { url }) }) },
      ['§6.11 the error of an aborted put does not tell the query of the URL'],
    ],
    [
      'blames the file for a broken connection',
      { error: () => new UploadError('source_changed', 'The bytes did not arrive') },
      ['§5 a reset in the middle of the body throws, and nothing blames the file'],
    ],
  ]

test.each(MUTANTS)('a transport that %s is caught', async (_, faults, caughtBy) => {
  const suiteOf = (faultsOfIt: Faults) => {
    const disk = new MemoryDisk()
    return collect((runner) =>
      transportConformance<string>({
        ...runner,
        create: async () => referenceTransport(disk, faultsOfIt),
        file: async (bytes, { name }) => disk.create(bytes, name),
        held: async (path) => disk.held(path),
        capabilities: { progress: true, reopen: true, nativeHash: true, background: false },
        server: async () => server,
      }),
    )
  }
  const mutant = suiteOf(faults)
  for (const name of caughtBy) expect(await mutant.fails(name), name).toBeInstanceOf(Error)
})

const RELEASED = '§5 a released ref cannot be reopened, and releasing it twice is harmless'
const OWN = '§5 every open keeps a file of its own: releasing one leaves the other'
const NOTHING = '§5 refs that name nothing are ignored'
const RETAINED = '§5 retain keeps what it names and frees the rest, also of an earlier process'
const KEEPING_MUTANTS: readonly (readonly [KeepingFault, readonly string[]])[] = [
  ['keeps what is released', [RELEASED]],
  ['keeps what is not retained', [RETAINED]],
  ['frees everything at the start', [RETAINED, NOTHING]],
  ['frees what was opened since', ['§5 a file that is opened while retain is under way stays']],
  ['keeps one file for all who open it', [OWN]],
  ['throws for what it does not keep', [RELEASED, NOTHING]],
  [
    'releases what is opened again',
    ['§5 what was opened again and closed stays kept, under the ref that it has then'],
  ],
]

describe('kept files', () => {
  const suiteOf = (fault?: KeepingFault) => {
    const disk = new MemoryDisk()
    const kept: Kept = new Map()
    return collect((runner) =>
      transportConformance<string>({
        ...runner,
        create: async () => keepingTransport(referenceTransport(disk), kept, fault),
        file: async (bytes, { name }) => disk.create(bytes, name),
        capabilities: { progress: true, reopen: true, nativeHash: true, background: false },
        keepsFiles: true,
        server: async () => server,
      }),
    )
  }

  test('are freed in time by a transport that keeps them', async () => {
    const suite = suiteOf()
    const names = suite.names.filter((name) => / > (open|reopen|kept files) > /.test(name))
    expect(names.length).toBeGreaterThan(20)
    for (const name of names) expect(await suite.fails(name), name).toBeUndefined()
  })

  test.each(KEEPING_MUTANTS)('a transport that %s is caught', async (fault, caughtBy) => {
    const mutant = suiteOf(fault)
    for (const name of caughtBy) expect(await mutant.fails(name), name).toBeInstanceOf(Error)
  })
})

const QUEUE_MUTANTS: readonly (readonly [QueueFault, readonly string[]])[] = [
  [
    'sends twice',
    ['§5 a task that is enqueued twice is sent once: in one call, at once, and later'],
  ],
  [
    'sends again what finished',
    [
      '§5 a known id among new ones leaves it alone and takes the new ones',
      '§5 a task that is enqueued again after the process died is still sent once',
    ],
  ],
  ['forgets what finished', ['§5 a task that was answered is listed until it is acknowledged']],
  [
    'forgets what runs when the process dies',
    ['§5 a task that runs when the process dies is finished and listed after it'],
  ],
  [
    'keeps what was acknowledged',
    [
      '§5 a broken exchange is listed until it is acknowledged',
      '§5 what was acknowledged or cancelled does not come back',
    ],
  ],
  ['goes on after cancel', ['§5 a cancelled task stops and is forgotten']],
  ['throws for unknown ids', ['§5 unknown ids and empty lists are ignored']],
  [
    'takes a refusal for a broken exchange',
    ['§5 a refusal is an answer, not a broken exchange', '§5 a refusal is data: 403'],
  ],
  [
    'tells those who unsubscribed',
    ['§5 events are of known tasks and as listed; who unsubscribes hears no more'],
  ],
  ['records late', ['§5 a task is listed as soon as enqueue resolves, and told truly']],
]

describe('background queues', () => {
  test.each(QUEUE_MUTANTS)('a queue that %s is caught', async (fault, caughtBy) => {
    const disk = new MemoryDisk()
    const services = new Map<unknown, BackgroundService>()
    const launch = (service: BackgroundService) => {
      const transport = service.launch()
      services.set(transport, service)
      return transport
    }
    const mutant = collect((runner) =>
      transportConformance<string>({
        ...runner,
        create: async () => launch(new BackgroundService(disk, fault)),
        relaunch: async (before) => launch(services.get(before) ?? new BackgroundService(disk)),
        file: async (bytes, { name }) => disk.create(bytes, name),
        capabilities: { progress: true, reopen: true, nativeHash: false, background: true },
        server: async () => server,
      }),
    )
    for (const name of caughtBy) expect(await mutant.fails(name), name).toBeInstanceOf(Error)
  })
})
