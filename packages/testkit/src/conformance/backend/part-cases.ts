import { check } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { checkSucceeded, isSuccess } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function partCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite, options)

  it('§2 a PUT to a part URL, as it is and without credentials, gets 2xx and an ETag', async (bench) => {
    await bench.putPart(await bench.start(10), 1)
  })

  it('§2 an empty part gets 2xx and an ETag', async (bench) => {
    await bench.putPart(await bench.start(0), 1)
  })

  it('§2 a part can be put again: equal bytes, equal ETag', async (bench) => {
    const upload = await bench.start(10)
    const first = await bench.putPart(upload, 1)
    const second = await bench.putPart(upload, 1)
    check(first.ETag === second.ETag, `The ETags are ${first.ETag} and ${second.ETag}`)
  })

  it('§2 other bytes, another ETag', async (bench) => {
    const upload = await bench.start(10)
    const first = await bench.putPart(upload, 1, 1)
    const second = await bench.putPart(upload, 1, 2)
    check(first.ETag !== second.ETag, `The ETag of both is ${first.ETag}`)
  })

  it('§6.1 of a part that was put twice the last bytes count', async (bench) => {
    const upload = await bench.start(10)
    await bench.putPart(upload, 1, 2)
    const last = await bench.putPart(upload, 1, 1)
    checkSucceeded(await bench.complete(upload, [last]), 'complete')
    await bench.checkObject(upload)
  })

  it('§2 two URLs of one part both work', async (bench) => {
    const upload = await bench.start(10)
    const [first, second] = [await bench.urls(upload, [1]), await bench.urls(upload, [1])]
    for (const urls of [first, second]) {
      checkSucceeded(await bench.put(urls['1'] ?? '', patternBytes(10)), 'The PUT')
    }
  })

  it('§2 a URL with another signature, or none, is refused', async (bench) => {
    const url = (await bench.urls(await bench.start(10), [1]))['1'] ?? ''
    const [path = '', query = ''] = url.split('?')
    const spoilt = query.replace(
      /(signature=)([^&])/i,
      (_, name: string, first: string) => name + (first === '0' ? '1' : '0'),
    )
    for (const wrong of [path, `${path}?${spoilt}`]) {
      if (wrong === url) continue
      const answer = await bench.put(wrong, patternBytes(10))
      check(!isSuccess(answer), 'A part was taken at a URL that the backend has not signed')
    }
  })
}
