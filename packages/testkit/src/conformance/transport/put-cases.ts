import type { Range } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual } from '../check.ts'
import type { Lane } from '../lane.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { ReceivedPut } from '../put-server.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const KIB = 1024
const MIB = 1024 * KIB
const SIZE = 3 * MIB + 5

/** Around the sizes of the pieces in which platforms read and send. */
const RANGES: readonly (readonly [what: string, range: Range])[] = [
  ['the whole file', { start: 0, end: SIZE }],
  ['its first byte', { start: 0, end: 1 }],
  ['its last byte', { start: SIZE - 1, end: SIZE }],
  ['one byte less than 64 KiB', { start: 1, end: 64 * KIB }],
  ['bytes on both sides of 64 KiB', { start: 64 * KIB - 1, end: 64 * KIB + 1 }],
  ['one byte more than 128 KiB', { start: 9, end: 128 * KIB + 10 }],
  ['bytes on both sides of 1 MiB', { start: MIB - 1, end: MIB + 1 }],
  ['exactly 1 MiB', { start: MIB, end: 2 * MIB }],
  ['one byte more than 2 MiB, up to the end', { start: MIB + 4, end: SIZE }],
]

/** Forms that a URL library would write in another way, all of which a signature may cover. */
const PATHS: readonly (readonly [what: string, path: string])[] = [
  ['percent-encoding in upper and lower case', 'a%2Fb%2fc%E2%9c%93?sig=%2B%2b%3D'],
  ['characters encoded without need', '%61%7E%2D?%78=%79'],
  ['reserved characters left alone', "a!$&'()*+,;=:@b~-._?a=/?:@!$()*+,;~-._"],
  ['a plus and an encoded space', 'a+b%20c?d+e=f%20g'],
  ['repeated, empty and unordered parameters', 'p?z=1&a=2&z=3&&empty=&bare&=nameless&a=2'],
  ['repeated and trailing slashes', 'a//b///?x=//'],
  ['a path that ends the lane', ''],
  ['2,000 characters of query', `p?X-Amz-Security-Token=${'aB3%2F'.repeat(333)}`],
]

export function putCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  for (const [what, range] of RANGES) {
    it(`§5 put sends exactly the bytes of the range: ${what}`, async (bench) => {
      const { put, bytes } = await bench.open(SIZE)
      const lane = await bench.lane()
      checkEqual((await put(lane.url, { range })).status, 200, 'status')
      await checkArrival(lane, bytes.subarray(range.start, range.end))
    })
  }

  it('§2 a file without bytes is one empty part', async (bench) => {
    const { put } = await bench.open(0)
    const lane = await bench.lane()
    checkEqual((await put(lane.url)).status, 200, 'status')
    await checkArrival(lane, new Uint8Array(0))
  })

  it('§5 an empty range of a file is an empty part', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane()
    checkEqual((await put(lane.url, { range: { start: 500, end: 500 } })).status, 200, 'status')
    await checkArrival(lane, new Uint8Array(0))
  })

  it('§5 put sends one request, of method PUT', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane()
    await put(lane.url)
    const methods = (await lane.received()).map(({ method }) => method)
    checkEqual(methods, ['PUT'], 'the methods of the requests')
  })

  for (const [what, path] of PATHS) {
    it(`§2 put uses the URL exactly as received: ${what}`, async (bench) => {
      const { put } = await bench.open(10)
      const lane = await bench.lane()
      checkEqual((await put(lane.at(path))).status, 200, 'status')
      checkEqual((await firstOf(lane)).target, lane.targetOf(path), 'the request target')
    })
  }

  it('§2 put sends the Host header that was signed', async (bench) => {
    const { put } = await bench.open(10)
    const lane = await bench.lane()
    await put(lane.url)
    const [, authority = ''] = (await bench.server()).origin.split('//')
    checkEqual(headersOf(await firstOf(lane), 'host'), [authority], 'Host')
  })

  it('§5 put announces the exact content-length, and sends no chunks', async (bench) => {
    const { put } = await bench.open(SIZE)
    const lane = await bench.lane()
    const lengths = [SIZE, 1, 0, MIB]
    for (const [index, length] of lengths.entries()) {
      await put(lane.url, { range: { start: 0, end: length } })
      const received = (await lane.received())[index]
      check(received, 'The PUT did not arrive')
      checkEqual(headersOf(received, 'content-length'), [String(length)], 'Content-Length')
      checkEqual(headersOf(received, 'transfer-encoding'), [], 'Transfer-Encoding')
    }
  })

  it('§2 put adds no content-type: it would be part of the signature', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane()
    await put(lane.url)
    checkEqual(headersOf(await firstOf(lane), 'content-type'), [], 'Content-Type')
  })

  it('§2 put sends no credentials and no header of its own making', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane()
    await put(lane.url)
    const names = (await firstOf(lane)).headers.map(([name]) => name.toLowerCase())
    const foreign = names.filter((name) => {
      return /^(authorization|proxy-authorization|cookie|content-(md5|encoding|range))$|^x-/.test(
        name,
      )
    })
    checkEqual(foreign, [], 'headers that were not signed')
  })

  it('§5 100 parts of one file at once have the right bytes each', async (bench) => {
    const { put, bytes } = await bench.open(SIZE)
    const lane = await bench.lane({ kind: 'answer', status: 200 })
    const length = Math.floor(SIZE / 100)
    const ranges = Array.from({ length: 100 }, (_, part) => {
      return { start: part * length, end: (part + 1) * length }
    })
    const answers = await Promise.all(
      ranges.map((range, part) => put(lane.at(`part?n=${part}`), { range })),
    )
    check(
      answers.every(({ status }) => status === 200),
      'Not every part was answered 200',
    )
    const received = await lane.received()
    checkEqual(received.length, 100, 'the number of requests')
    for (const [index, { target }] of received.entries()) {
      const { start, end } = ranges[Number(target.split('?n=')[1])] ?? { start: 0, end: 0 }
      checkBytes(await lane.body(index), bytes.subarray(start, end), `part [${start}, ${end})`)
    }
  })

  it('§5 the same range can be put many times at once', async (bench) => {
    const { put, bytes } = await bench.open(MIB + 1)
    const lane = await bench.lane()
    await Promise.all(Array.from({ length: 8 }, () => put(lane.url)))
    for (let index = 0; index < 8; index++) {
      checkBytes(await lane.body(index), bytes, `request ${index}`)
    }
  })

  it('§5 parts of many files at once do not mix', async (bench) => {
    const transport = await bench.create()
    const contents = Array.from({ length: 20 }, (_, seed) => patternBytes(150_000 + seed, seed))
    await Promise.all(
      contents.map(async (bytes) => {
        const { put } = await bench.open(bytes, transport)
        const lane = await bench.lane()
        await put(lane.url)
        await checkArrival(lane, bytes)
      }),
    )
  })

  it('§5 a part arrives whole at a server that begins to read late', async (bench) => {
    const { put, bytes } = await bench.open(8 * MIB)
    const lane = await bench.lane({ kind: 'answer', status: 200, gated: true })
    const putting = put(lane.url)
    putting.catch(() => {})
    await lane.until('headers')
    await lane.release()
    checkEqual((await putting).status, 200, 'status')
    await checkArrival(lane, bytes)
  })

  const sparse = benchCases(suite.when(options.sparseFile !== undefined, 'sparseFile'), options)
  sparse('§5 put sends bytes from beyond 4 GiB', async (bench) => {
    const size = 5 * 1024 * MIB + 11
    const tail = patternBytes(70_000)
    const test = await options.sparseFile?.(size, tail)
    check(test, 'sparseFile')
    const { put } = await bench.openFile(test, tail)
    const lane = await bench.lane()
    await put(lane.url, { range: { start: size - 70_000, end: size } })
    await checkArrival(lane, tail)
  })
}

/** Checks what came first to a lane, and that nothing else did. */
async function checkArrival(lane: Lane, bytes: Uint8Array): Promise<void> {
  checkEqual((await lane.received()).length, 1, 'the number of requests')
  check((await firstOf(lane)).complete, 'The body did not come to its end')
  checkBytes(await lane.body(), bytes, 'the part')
}

async function firstOf(lane: Lane): Promise<ReceivedPut> {
  const [first] = await lane.received()
  check(first, 'No PUT arrived')
  return first
}

function headersOf({ headers }: ReceivedPut, name: string): readonly string[] {
  return headers.flatMap(([given, value]) => (given.toLowerCase() === name ? [value] : []))
}
