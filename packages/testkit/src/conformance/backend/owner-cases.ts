import type { Suite } from '../suite.ts'
import { checkRefused, checkSucceeded } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function ownerCases(suite: Suite, options: BackendConformance): void {
  const others = suite.when(options.otherHeaders !== undefined, 'otherHeaders')
  const it = backendCases(others, options)

  it('§2 another user gets no URLs for an upload', async (bench) => {
    const upload = await bench.uploaded(10)
    const { key, uploadId } = upload
    const answer = await bench.post(bench.urlsUrl, { key, uploadId, parts: [1] }, 'other')
    checkRefused(answer, 'getUploadUrls by another user', [401, 403, 404])
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete by the owner')
  })

  it('§2 another user cannot complete an upload', async (bench) => {
    const upload = await bench.uploaded(10)
    const answer = await bench.complete(upload, upload.parts, 'other')
    checkRefused(answer, 'complete by another user', [401, 403, 404])
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete by the owner')
  })

  const listing = backendCases(
    others.when(options.has?.listParts === true, 'listPartsApi'),
    options,
  )
  listing('§2 another user cannot list the parts of an upload', async (bench) => {
    const upload = await bench.uploaded(10)
    const answer = await bench.post(bench.listPartsUrl(upload), {}, 'other')
    checkRefused(answer, 'listParts by another user', [401, 403, 404])
  })

  const aborting = backendCases(others.when(options.has?.abort === true, 'abortApi'), options)
  aborting('§2 another user cannot abort an upload', async (bench) => {
    const upload = await bench.uploaded(10)
    const answer = await bench.post(bench.abortUrl(upload), {}, 'other')
    checkRefused(answer, 'abort by another user', [401, 403, 404])
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete by the owner')
  })

  const authenticated = backendCases(
    suite.when(options.authenticates !== false, 'authenticates'),
    options,
  )
  authenticated('§2 nobody without credentials gets URLs or completes', async (bench) => {
    const upload = await bench.uploaded(10)
    const { key, uploadId } = upload
    const urls = await bench.post(bench.urlsUrl, { key, uploadId, parts: [1] }, 'nobody')
    checkRefused(urls, 'getUploadUrls without credentials', [401, 403])
    const complete = await bench.complete(upload, upload.parts, 'nobody')
    checkRefused(complete, 'complete without credentials', [401, 403])
  })
}
