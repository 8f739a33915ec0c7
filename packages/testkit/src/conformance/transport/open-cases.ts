import { check, checkBytes, checkEqual, checkUploadError, rejection } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { benchCases, isBackground } from './bench.ts'
import type { TransportConformance } from './options.ts'

export function openCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  it('§5 a transport declares the capabilities that the suite was told', async (bench) => {
    const { progress, reopen, nativeHash, background } = (await bench.create()).capabilities
    checkEqual(
      { progress, reopen, nativeHash, background },
      {
        progress: options.capabilities.progress,
        reopen: options.capabilities.reopen,
        nativeHash: options.capabilities.nativeHash,
        background: options.capabilities.background,
      },
      'capabilities',
    )
  })

  it('§5 a transport has what its capabilities promise', async (bench) => {
    const { transport, source } = await bench.open(10)
    const { capabilities } = transport
    checkEqual('reopen' in transport, capabilities.reopen, 'whether there is a reopen()')
    checkEqual(source.ref !== undefined, capabilities.reopen, 'whether a source has a ref')
    checkEqual(source.hash !== undefined, capabilities.nativeHash, 'whether a source has a hash()')
    checkEqual('queue' in transport, capabilities.background, 'whether there is a queue')
    const { release, retain } = transport
    const keepsFiles = options.keepsFiles === true
    checkEqual([!!release, !!retain], [keepsFiles, keepsFiles], 'release() and retain()')
    checkEqual('put' in source, !isBackground(transport), 'whether a source has a put()')
  })

  it('§5 open tells name, size and time of modification', async (bench) => {
    const test = await bench.file(patternBytes(1234), 'holiday 2026 – ü.mov')
    const { source } = await bench.openFile(test, patternBytes(1234))
    checkEqual(source.name, 'holiday 2026 – ü.mov', 'name')
    checkEqual(source.size, 1234, 'size')
    const { lastModified } = source
    if (lastModified === undefined) return
    check(Number.isFinite(lastModified), `lastModified should be a number: ${lastModified}`)
    const year = new Date(lastModified).getUTCFullYear()
    check(year >= 2000 && year < 3000, `lastModified should be in milliseconds: ${lastModified}`)
  })

  it('§5 open of one file tells the same every time', async (bench) => {
    const first = await bench.open(100)
    const { source } = await bench.openFile(first.test, first.bytes, first.transport)
    const { name, size, lastModified } = first.source
    checkEqual(
      [source.name, source.size, source.lastModified],
      [name, size, lastModified],
      'name, size and lastModified',
    )
  })

  it('§2 a file without bytes can be opened', async (bench) => {
    const { source } = await bench.open(0)
    checkEqual(source.size, 0, 'size')
  })

  it('§5 sources of one file are independent: closing one leaves the other', async (bench) => {
    const first = await bench.open(1000)
    const second = await bench.openFile(first.test, first.bytes, first.transport)
    await first.source.close()
    const read = await second.source.read({ start: 10, end: 20 }, new Uint8Array(10))
    checkBytes(read, first.bytes.subarray(10, 20), 'the other source')
    const lane = await bench.lane()
    await second.put(lane.url)
    checkBytes(await lane.body(), first.bytes, 'the part of the other source')
  })

  it('§5 closing a source twice, or at once, is fine', async (bench) => {
    const { source } = await bench.open(1000)
    await source.read({ start: 0, end: 10 }, new Uint8Array(10))
    await Promise.all([source.close(), source.close()])
    await source.close()
  })

  it('§5 closing a source that was never used is fine', async (bench) => {
    const { source } = await bench.open(1000)
    await source.close()
  })

  it('§5 a transport closes with sources open, and after use', async (bench) => {
    const transport = await options.create()
    const { put } = await bench.open(1000, transport)
    await put((await bench.lane()).url)
    await transport.close?.()
  })

  const holding = benchCases(suite.when(options.held !== undefined, 'held'), options)
  holding('§5 a closed source holds nothing', async (bench) => {
    const { source, test, put } = await bench.open(2_000_000)
    const { held } = options
    check(held, 'held')
    await source.read({ start: 0, end: 1000 }, new Uint8Array(1000))
    const lane = await bench.lane(
      { kind: 'answer', status: 200 },
      { kind: 'break', at: 'body', how: 'reset' },
    )
    await put(lane.url)
    await rejection(put(lane.url), 'A PUT whose connection is reset')
    await source.close()
    // What a broken exchange was about to read ends in its own time, but it does end.
    for (let turn = 0; turn < 100 && (await held(test.file)) > 0; turn++) await lane.received()
    checkEqual(await held(test.file), 0, 'descriptors that are still open')
  })

  for (const { what, make, code } of options.refusedFiles ?? []) {
    it(`§5 open refuses ${what} with ${code}`, async (bench) => {
      const transport = await bench.create()
      const error = await rejection(transport.open(await make()), `Opening ${what}`)
      checkUploadError(error, [code], `Opening ${what}`)
    })
  }

  const changing = benchCases(
    suite.when(!options.limits?.immutableFiles, 'files that change'),
    options,
  )
  changing('§6.11 a file that is gone fails typed, when opened or first read', async (bench) => {
    const transport = await bench.create()
    const test = await bench.file(patternBytes(100))
    await test.remove?.()
    const reading = async () => {
      const source = await transport.open(test.file)
      return source.read({ start: 0, end: 100 }, new Uint8Array(100))
    }
    const error = await rejection(reading(), 'Reading a removed file')
    const codes = ['file_not_found', 'file_unreadable', 'source_changed'] as const
    checkUploadError(error, codes, 'Reading a removed file')
  })
}
