import { check } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRefused, checkSucceeded, isSuccess } from './answer.ts'
import { type BackendBench, backendCases, type ListedPart, type StartedUpload } from './bench.ts'
import type { BackendConformance } from './options.ts'

const WRONG_ETAG = 'ffffffffffffffffffffffffffffffff'

/** File names that may leave their traces in the key, and the key in the path of the complete call. */
const ODD_NAMES = [
  'with space & plus+.txt',
  'ümläut 日本.mov',
  "a%2Fb#c?d=e;f,g'(h)[i].bin",
  'a/b/c',
]

export function completeCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite, options)

  it('§2 an upload of one part is completed with its unquoted ETag', async (bench) => {
    const upload = await bench.uploaded(1000)
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    await bench.checkObject(upload)
  })

  it('§2 a file without bytes is completed as one empty part', async (bench) => {
    const upload = await bench.uploaded(0)
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    await bench.checkObject(upload)
  })

  it('§2 an upload of three parts is completed', async (bench) => {
    const upload = await threeParts(bench)
    const parts: ListedPart[] = []
    // Not in order, as they come when they are sent at once.
    for (const part of [3, 1, 2]) parts.push(await bench.putPart(upload, part))
    parts.sort((a, b) => a.PartNumber - b.PartNumber)
    checkSucceeded(await bench.complete(upload, parts), 'complete')
    await bench.checkObject(upload)
  })

  for (const fileName of ODD_NAMES) {
    it(`§2 the key makes its way through the complete URL: ${fileName}`, async (bench) => {
      const upload = await bench.uploaded(10, { fileName })
      checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
      await bench.checkObject(upload)
    })
  }

  it('§6.3 a complete call that is repeated succeeds again or is refused cleanly', async (bench) => {
    const upload = await bench.uploaded(1000)
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    const again = await bench.complete(upload, upload.parts)
    if (!isSuccess(again)) checkRefused(again, 'The repeated complete call')
    await bench.checkObject(upload)
  })

  it('§6.3 two complete calls at once do no harm', async (bench) => {
    const upload = await bench.uploaded(1000)
    const answers = await Promise.all([
      bench.complete(upload, upload.parts),
      bench.complete(upload, upload.parts),
    ])
    check(answers.some(isSuccess), 'Neither of two complete calls succeeded')
    for (const answer of answers) {
      if (!isSuccess(answer)) checkRefused(answer, 'One of two complete calls')
    }
    await bench.checkObject(upload)
  })

  it('§6.1 a part that was never sent is refused', async (bench) => {
    const upload = await bench.start(1000)
    const parts = [{ PartNumber: 1, ETag: WRONG_ETAG }]
    checkRefused(await bench.complete(upload, parts), 'complete of a part that was never sent')
  })

  it('§6.1 a wrong ETag is refused, and the right one still completes', async (bench) => {
    const upload = await bench.uploaded(1000)
    const wrong = [{ PartNumber: 1, ETag: WRONG_ETAG }]
    checkRefused(await bench.complete(upload, wrong), 'complete with a wrong ETag')
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    await bench.checkObject(upload)
  })

  it('§6.1 the ETag that a part had before it was put again is refused', async (bench) => {
    const upload = await bench.start(1000)
    const old = await bench.putPart(upload, 1, 2)
    await bench.putPart(upload, 1, 1)
    checkRefused(await bench.complete(upload, [old]), 'complete with the ETag of replaced bytes')
  })

  it('§6.1 one of three parts that is not there is refused', async (bench) => {
    const upload = await threeParts(bench)
    const [first, third] = [await bench.putPart(upload, 1), await bench.putPart(upload, 3)]
    const parts = [first, { PartNumber: 2, ETag: WRONG_ETAG }, third]
    checkRefused(await bench.complete(upload, parts), 'complete without the second part')
  })

  it('§2 no parts at all are refused', async (bench) => {
    checkRefused(await bench.complete(await bench.uploaded(10), []), 'complete with no parts')
  })

  it('§2 parts that are not ascending are never put together in that order', async (bench) => {
    const upload = await threeParts(bench)
    const parts: ListedPart[] = []
    for (const part of [1, 2, 3]) parts.push(await bench.putPart(upload, part))
    const answer = await bench.complete(upload, parts.reverse())
    if (isSuccess(answer)) await bench.checkObject(upload)
    else checkRefused(answer, 'complete with descending parts')
  })

  it('§2 complete of an unknown upload is refused, as no fault of the server', async (bench) => {
    const { key, parts } = await bench.uploaded(10)
    for (const uploadId of ['unknown', '0'.repeat(32), 'ü"?#%']) {
      const answer = await bench.complete({ key, uploadId }, parts)
      checkRefused(answer, `complete with uploadId ${JSON.stringify(uploadId)}`)
    }
  })

  it('§2 complete with the key of something else is refused', async (bench) => {
    const { key, uploadId, parts } = await bench.uploaded(10)
    const answer = await bench.complete({ key: `${key}x`, uploadId }, parts)
    checkRefused(answer, 'complete with another key')
  })

  for (const body of ['', '{"parts":[', 'null', '{}', '{"parts":"1"}', '{"parts":[{}]}']) {
    it(`§2 complete refuses the body ${JSON.stringify(body)}`, async (bench) => {
      const upload = await bench.uploaded(10)
      checkRefused(await bench.post(bench.completeUrl(upload), body), 'complete')
      checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    })
  }

  it('§2 after complete there are no more URLs, or none that takes a part', async (bench) => {
    const upload = await bench.uploaded(10)
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    await bench.checkOver(upload, 'getUploadUrls after complete')
    await bench.checkObject(upload)
  })
}

async function threeParts(bench: BackendBench): Promise<StartedUpload> {
  const { partSize } = await bench.start(10)
  const upload = await bench.start(2 * partSize + 7)
  check(upload.partSize === partSize, 'The part size of a few parts differs from that of one')
  return upload
}
