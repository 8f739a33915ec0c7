import type { Json, Source, Transport } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual, checkUploadError, rejection } from '../check.ts'
import type { Scope, Suite } from '../suite.ts'
import { benchCases, isBackground, putterOf } from './bench.ts'
import type { TransportConformance } from './options.ts'

/** What an older version, or another program, may have left in a journal. */
export const NONSENSE: readonly Json[] = [
  null,
  17,
  '',
  'nonsense',
  [],
  {},
  { path: 5 },
  { version: 99 },
]

export function reopenCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite.when(options.capabilities.reopen, 'reopen'), options)

  it('§5 a ref survives JSON unchanged', async (bench) => {
    const { source } = await bench.open(10)
    check(source.ref !== undefined, 'A source of a transport that can reopen has no ref')
    checkEqual(throughJson(source.ref), source.ref, 'the ref after JSON')
  })

  it('§5 reopen in another transport gives the same file', async (bench, scope) => {
    const { source, bytes } = await bench.open(300_000)
    await source.close()
    const again = await reopen(scope, await bench.create(), source.ref)
    const { name, size, lastModified } = source
    checkEqual(
      [again.name, again.size, again.lastModified],
      [name, size, lastModified],
      'name, size and lastModified',
    )
    const read = await again.read({ start: 5, end: 299_999 }, new Uint8Array(300_000))
    checkBytes(read, bytes.subarray(5, 299_999), 'the reopened file')
  })

  it('§5 a reopened source puts parts and can be reopened itself', async (bench, scope) => {
    const { source, bytes } = await bench.open(300_000)
    const transport = await bench.create()
    const again = await reopen(scope, transport, source.ref)
    checkEqual(again.ref, source.ref, 'the ref of the reopened source')
    const lane = await bench.lane()
    await putterOf(
      transport,
      again,
      scope,
    )({
      url: lane.url,
      range: { start: 7, end: 200_007 },
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    checkBytes(await lane.body(), bytes.subarray(7, 200_007), 'the part')
  })

  for (const ref of [...NONSENSE, ...(options.refusedRefs ?? [])]) {
    it(`§5 reopen refuses the ref ${JSON.stringify(ref)} with a typed error`, async (bench) => {
      const error = await rejection(reopening(await bench.create(), ref), 'reopen')
      checkUploadError(error, ['file_not_found', 'file_unreadable', 'file_not_regular'], 'reopen')
    })
  }

  const changing = benchCases(
    suite
      .when(options.capabilities.reopen, 'reopen')
      .when(!options.limits?.immutableFiles, 'files that change'),
    options,
  )

  changing('§5 reopen of a file that is gone throws a typed error', async (bench) => {
    const { source, test } = await bench.open(10)
    await source.close()
    await test.remove?.()
    const error = await rejection(reopening(await bench.create(), source.ref), 'reopen')
    checkUploadError(error, ['file_not_found', 'file_unreadable'], 'reopen')
  })

  changing(
    '§6.6 reopen shows that a file has changed: another time, or source_changed',
    async (bench, scope) => {
      const { source, test, bytes } = await bench.open(10)
      await source.close()
      await test.change?.(bytes.map((byte) => byte ^ 0xff))
      const again = await reopen(scope, await bench.create(), source.ref).catch(
        (error: unknown) => {
          checkUploadError(error, ['source_changed'], 'reopen')
        },
      )
      if (again?.lastModified === undefined) return
      check(again.lastModified !== source.lastModified, 'The reopened file tells the old time')
    },
  )
}

export async function reopening<TFile>(
  transport: Transport<TFile>,
  ref: Json | undefined,
): Promise<Source> {
  check(ref !== undefined, 'A source of a transport that can reopen has no ref')
  const stored = throughJson(ref)
  if (isBackground(transport)) return transport.reopen(stored)
  check(transport.reopen, 'A transport that can reopen has no reopen()')
  return transport.reopen(stored)
}

export async function reopen<TFile>(
  scope: Scope,
  transport: Transport<TFile>,
  ref: Json | undefined,
): Promise<Source> {
  const source = await reopening(transport, ref)
  scope.defer(() => source.close())
  return source
}

export function throughJson(ref: Json): Json {
  return JSON.parse(JSON.stringify(ref)) as Json
}
