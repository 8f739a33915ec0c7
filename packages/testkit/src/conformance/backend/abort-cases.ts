import { check } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { checkRefused, checkSucceeded, isSuccess } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function abortCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite.when(options.has?.abort === true, 'abortApi'), options)

  it('§2 an aborted upload is gone: no URL that takes a part, no complete', async (bench) => {
    const upload = await bench.uploaded(1000)
    checkSucceeded(await bench.post(bench.abortUrl(upload), {}), 'abort')
    await bench.checkOver(upload, 'getUploadUrls after abort')
    checkRefused(await bench.complete(upload, upload.parts), 'complete after abort', [404])
  })

  it('§2 a URL of an aborted upload takes no part', async (bench) => {
    const upload = await bench.start(10)
    const url = (await bench.urls(upload, [1]))['1'] ?? ''
    checkSucceeded(await bench.post(bench.abortUrl(upload), {}), 'abort')
    const answer = await bench.put(url, patternBytes(10))
    check(!isSuccess(answer), 'A part of an aborted upload was taken')
  })

  it('§6.8 an abort that is repeated, or of an unknown upload, is no fault of the server', async (bench) => {
    const upload = await bench.start(10)
    checkSucceeded(await bench.post(bench.abortUrl(upload), {}), 'abort')
    const unknown = bench.abortUrl({ key: upload.key, uploadId: '0'.repeat(32) })
    for (const url of [bench.abortUrl(upload), unknown]) {
      const answer = await bench.post(url, {})
      if (!isSuccess(answer)) checkRefused(answer, 'abort of what is not there')
    }
  })

  it('§2 aborting one upload leaves another of an equal file', async (bench) => {
    const first = await bench.start(10, { fileName: 'first.bin' })
    const second = await bench.uploaded(10, { fileName: 'second.bin' })
    checkSucceeded(await bench.post(bench.abortUrl(first), {}), 'abort')
    checkSucceeded(await bench.complete(second, second.parts), 'complete')
  })

  it('§2 a file can be started again after its upload was aborted', async (bench) => {
    const first = await bench.start(10)
    checkSucceeded(await bench.post(bench.abortUrl(first), {}), 'abort')
    const second = await bench.uploaded(10)
    checkSucceeded(await bench.complete(second, second.parts), 'complete')
  })
}
