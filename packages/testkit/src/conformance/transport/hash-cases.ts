import type { Source } from '@s3-bg-uploader/core'
import { check, checkEqual, rejection } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

/** XXH64, seed 0, of `patternBytes(length)`. */
const DIGESTS: Readonly<Record<number, string>> = {
  0: 'ef46db3751d8e999',
  1: '6d69e28f063257f9',
  31: '66b01f7f60aa151c',
  32: '7c9d7f1c912dec98',
  33: '7f176b5d7c8e472c',
  65537: 'a2db9943dfaa6c33',
  1048581: '5bd307b3e04c8be3',
}

export function hashCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite.when(options.capabilities.nativeHash, 'nativeHash'), options)

  for (const [length, digest] of Object.entries(DIGESTS)) {
    it(`§2 a native hash is XXH64 with seed 0: ${length} bytes`, async (bench) => {
      const { source } = await bench.open(Number(length))
      checkEqual(await hash(source), digest, 'the hash')
    })
  }

  it('§5 a native hash tells its progress: never falling, never above the file', async (bench) => {
    const { source } = await bench.open(4 * 1024 * 1024)
    const told: number[] = []
    await hash(source, new AbortController().signal, (bytes) => told.push(bytes))
    const sane = told.every((bytes, at) => bytes >= (told[at - 1] ?? 0) && bytes <= source.size)
    check(sane, `The progress of hashing was ${told.join(', ')}`)
  })

  it('§5 a native hash that is aborted rejects, and another one succeeds', async (bench) => {
    const bytes = patternBytes(1_048_581)
    const { source } = await bench.open(bytes)
    const abort = new AbortController()
    abort.abort()
    await rejection(hash(source, abort.signal), 'A hash that was aborted')
    checkEqual(await hash(source), DIGESTS[1_048_581], 'the hash')
  })
}

async function hash(
  source: Source,
  signal: AbortSignal = new AbortController().signal,
  onProgress: (hashedBytes: number) => void = () => {},
): Promise<string> {
  check(source.hash, 'A source of a transport with nativeHash has no hash()')
  return source.hash({ signal, onProgress })
}
