import { checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRefused, checkSucceeded } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function listPartsCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite.when(options.has?.listParts === true, 'listPartsApi'), options)

  it('§2 listParts of an upload without parts is an empty list', async (bench) => {
    checkEqual(await bench.listed(await bench.start(10)), [], 'the parts')
  })

  it('§2 listParts tells number, ETag and size of what was sent, ascending', async (bench) => {
    const { partSize } = await bench.start(10)
    const upload = await bench.start(2 * partSize + 7)
    const third = await bench.putPart(upload, 3)
    const first = await bench.putPart(upload, 1)
    checkEqual(
      await bench.listed(upload),
      [
        { ...first, Size: partSize },
        { ...third, Size: 7 },
      ],
      'the parts',
    )
  })

  it('§2 listParts tells of a part that was put twice once, as it is now', async (bench) => {
    const upload = await bench.start(10)
    await bench.putPart(upload, 1, 2)
    const last = await bench.putPart(upload, 1, 1)
    checkEqual(await bench.listed(upload), [{ ...last, Size: 10 }], 'the parts')
  })

  it('§2 what listParts tells completes the upload', async (bench) => {
    const upload = await bench.uploaded(1000)
    const parts = (await bench.listed(upload)).map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
    checkSucceeded(await bench.complete(upload, parts), 'complete')
    await bench.checkObject(upload)
  })

  it('§2 listParts of an unknown or completed upload is refused', async (bench) => {
    const upload = await bench.uploaded(10)
    const unknown = bench.listPartsUrl({ key: upload.key, uploadId: '0'.repeat(32) })
    checkRefused(await bench.post(unknown, {}), 'listParts of an unknown upload')
    checkSucceeded(await bench.complete(upload, upload.parts), 'complete')
    checkRefused(await bench.post(bench.listPartsUrl(upload), {}), 'listParts after complete')
  })
}
