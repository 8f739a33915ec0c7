import type { Json, Source } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual, checkUploadError, rejection } from '../check.ts'
import type { Scope, Suite } from '../suite.ts'
import { type Bench, benchCases, type Opened } from './bench.ts'
import type { TransportConformance } from './options.ts'
import { NONSENSE, reopen, reopening, throughJson } from './reopen-cases.ts'

/** Why `reopen` gives no file that is no longer kept. */
const FREED = ['file_not_found', 'file_unreadable'] as const

export function keptCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite.when(options.keepsFiles === true, 'keepsFiles'), options)

  it('§5 a released ref cannot be reopened, and releasing it twice is harmless', async (bench) => {
    const { source, transport } = await closed(bench)
    await release(transport, source.ref)
    await release(transport, source.ref)
    const error = await rejection(reopening(transport, source.ref), 'reopen of a released ref')
    checkUploadError(error, FREED, 'reopen of a released ref')
    await release(await bench.create(), source.ref)
  })

  it('§5 every open keeps a file of its own: releasing one leaves the other', async (bench, scope) => {
    const first = await closed(bench)
    const second = await bench.openFile(first.test, first.bytes, first.transport)
    await second.source.close()
    check(
      JSON.stringify(first.source.ref) !== JSON.stringify(second.source.ref),
      'Two sources of one file have the same ref',
    )
    await release(first.transport, first.source.ref)
    await checkKept(second, scope)
  })

  it('§5 what was opened again and closed stays kept, under the ref that it has then', async (bench, scope) => {
    const opened = await closed(bench)
    const again = await reopen(scope, opened.transport, opened.source.ref)
    await again.close()
    await checkKept(opened, scope)
    await release(opened.transport, again.ref)
    await rejection(reopening(opened.transport, opened.source.ref), 'reopen of a released ref')
  })

  it('§5 refs that name nothing are ignored', async (bench, scope) => {
    const opened = await closed(bench)
    for (const ref of NONSENSE) await release(opened.transport, ref)
    await checkKept(opened, scope)
    await opened.transport.retain?.([...NONSENSE, refOf(opened.source)])
    await checkKept(opened, scope)
  })

  it('§5 retain keeps what it names and frees the rest, also of an earlier process', async (bench, scope) => {
    const [named, rest] = [await closed(bench), await closed(bench)]
    const transport = await bench.create()
    await transport.retain?.([refOf(named.source)])
    await checkKept({ ...named, transport }, scope)
    const error = await rejection(reopening(transport, rest.source.ref), 'reopen of the rest')
    checkUploadError(error, FREED, 'reopen of the rest')
    await transport.retain?.([])
    await rejection(reopening(transport, named.source.ref), 'reopen of what is not named')
  })

  it('§5 a file that is opened while retain is under way stays', async (bench, scope) => {
    const before = await closed(bench)
    const test = await bench.file(before.bytes)
    const retaining = before.transport.retain?.([refOf(before.source)])
    const opened = await bench.openFile(test, before.bytes, before.transport)
    await retaining
    await opened.source.close()
    await checkKept(opened, scope)
  })
}

/** A file that was opened and closed again, as at the end of a process. */
async function closed<TFile>(bench: Bench<TFile>): Promise<Opened<TFile>> {
  const opened = await bench.open(1000)
  await opened.source.close()
  return opened
}

function refOf({ ref }: Source): Json {
  check(ref !== undefined, 'A source of a transport that keeps files has no ref')
  return throughJson(ref)
}

async function release<TFile>(
  transport: Opened<TFile>['transport'],
  ref: Json | undefined,
): Promise<void> {
  check(ref !== undefined, 'A source of a transport that keeps files has no ref')
  await transport.release?.(throughJson(ref))
}

async function checkKept<TFile>(opened: Opened<TFile>, scope: Scope): Promise<void> {
  const { transport, source, bytes } = opened
  const again = await reopen(scope, transport, source.ref)
  checkEqual(again.size, bytes.length, 'size')
  const range = { start: 0, end: bytes.length }
  checkBytes(await again.read(range, new Uint8Array(bytes.length)), bytes, 'the kept file')
}
