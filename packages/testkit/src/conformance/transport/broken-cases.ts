import { isUploadError } from '@s3-bg-uploader/core'
import { check, checkBytes, checkEqual, rejection } from '../check.ts'
import type { Behaviour } from '../put-server.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const BREAKS: readonly (readonly [what: string, behaviour: Behaviour, bytes: number])[] = [
  ['a reset before the body is read', { kind: 'break', at: 'headers', how: 'reset' }, 1000],
  [
    'a reset before a large body is read',
    { kind: 'break', at: 'headers', how: 'reset' },
    8_000_000,
  ],
  [
    'a close before a large body is read',
    { kind: 'break', at: 'headers', how: 'close' },
    8_000_000,
  ],
  ['a reset in the middle of the body', { kind: 'break', at: 'body', how: 'reset' }, 8_000_000],
  ['a close in the middle of the body', { kind: 'break', at: 'body', how: 'close' }, 8_000_000],
  ['a reset after the body', { kind: 'break', at: 'end', how: 'reset' }, 100_000],
  ['a close after the body', { kind: 'break', at: 'end', how: 'close' }, 100_000],
  [
    'a close within the headers of the answer',
    { kind: 'break', at: 'answer headers', how: 'close' },
    1000,
  ],
]

export function brokenCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  for (const [what, behaviour, bytes] of BREAKS) {
    it(`§5 ${what} throws, and nothing blames the file`, async (bench) => {
      const { put } = await bench.open(bytes)
      const lane = await bench.lane(behaviour)
      const error = await rejection(put(lane.url), `A PUT with ${what}`)
      if (!isUploadError(error)) return
      const blamed = error.code.startsWith('file_') || error.code === 'source_changed'
      check(!blamed, `A PUT with ${what} threw ${error.code}: ${error.message}`)
    })
  }

  it('§6.5 a source whose exchange broke puts the same part again', async (bench) => {
    const { put, bytes } = await bench.open(2_000_000)
    // A lane that only breaks: browsers send again by themselves what a kept-alive connection broke.
    const broken = await bench.lane({ kind: 'break', at: 'body', how: 'reset' })
    await rejection(put(broken.url), 'A PUT that is reset')
    const lane = await bench.lane()
    checkEqual((await put(lane.url)).status, 200, 'status of the second attempt')
    checkBytes(await lane.body(), bytes, 'the second attempt')
  })

  it('§6.5 one broken part leaves those beside it alone', async (bench) => {
    const { put, bytes } = await bench.open(2_000_000)
    const broken = await bench.lane({ kind: 'break', at: 'body', how: 'reset' })
    const lanes = await Promise.all([bench.lane(), bench.lane(), bench.lane()])
    const [first, ...others] = await Promise.allSettled([
      put(broken.url),
      ...lanes.map((lane) => put(lane.url)),
    ])
    checkEqual(first?.status, 'rejected', 'the broken part')
    for (const other of others) checkEqual(other.status, 'fulfilled', 'a part beside it')
    for (const lane of lanes) checkBytes(await lane.body(), bytes, 'a part beside it')
  })

  it('§6.5 20 broken exchanges in a row use nothing up', async (bench) => {
    const { put, bytes } = await bench.open(300_000)
    const lane = await bench.lane({ kind: 'break', at: 'body', how: 'reset' })
    for (let turn = 0; turn < 20; turn++) await rejection(put(lane.url), 'A PUT that is reset')
    const good = await bench.lane()
    checkEqual((await put(good.url)).status, 200, 'status')
    checkBytes(await good.body(), bytes, 'the part')
  })
}
