import { check, checkEqual } from '../check.ts'
import type { Suite } from '../suite.ts'
import { checkRefused } from './answer.ts'
import { backendCases, freshHash } from './bench.ts'
import type { BackendConformance } from './options.ts'

const NAMES = [
  'plain.txt',
  'Ünïcode – 日本語 👩‍👩‍👧.mov',
  'with "quotes", <tags> & {braces} %41.txt',
  '../../etc/passwd',
  'C:\\Users\\me\\scan.pdf',
  '.hidden',
  `${'long'.repeat(60)}.bin`,
  'no extension',
]

/** Bodies that no client of the contract sends. */
const MALFORMED: readonly (readonly [what: string, body: string])[] = [
  ['nothing', ''],
  ['half a JSON object', '{"fileName":"a"'],
  ['no JSON', 'fileName=a&fileSize=1'],
  ['a JSON array', '[]'],
  ['null', 'null'],
]

const WRONG: readonly (readonly [what: string, change: Readonly<Record<string, unknown>>])[] = [
  ['no fileName', { fileName: undefined }],
  ['no fileHash', { fileHash: undefined }],
  ['no fileSize', { fileSize: undefined }],
  ['a number as fileName', { fileName: 5 }],
  ['a string as fileSize', { fileSize: '5' }],
  ['a negative fileSize', { fileSize: -1 }],
  ['a fractional fileSize', { fileSize: 1.5 }],
]

export function startCases(suite: Suite, options: BackendConformance): void {
  const it = backendCases(suite, options)

  it('§2 startUpload answers key, uploadId and partSize, of the right types', async (bench) => {
    await bench.start(10)
  })

  it('§2 startUpload is answered where the contract has it, without a redirect', async (bench) => {
    checkEqual((await bench.post(bench.startUrl, bench.startBody())).status, 200, 'status')
  })

  for (const fileSize of [0, 1, 5 * 1024 ** 2, 1024 ** 3, 100 * 1024 ** 3]) {
    it(`§2 ${fileSize} bytes make at most 10,000 parts`, async (bench) => {
      await bench.start(fileSize)
    })
  }

  it('§2 userParams come flat beside the fields of the contract', async (bench) => {
    await bench.start(10, {
      conformanceText: 'text',
      conformanceNumber: 42,
      conformanceFlag: true,
      conformanceNothing: null,
      conformanceList: [1, 'two'],
      conformanceObject: { nested: { deeper: 'yes' } },
    })
  })

  for (const fileName of NAMES) {
    it(`§2 any file name will do: ${JSON.stringify(fileName.slice(0, 50))}`, async (bench) => {
      const { key } = await bench.start(10, { fileName })
      check(!key.split('/').includes('..'), `The key leads out of its folder: ${key}`)
    })
  }

  it('§2 starting the same file twice gives uploads that both work', async (bench) => {
    const [first, second] = [await bench.start(10), await bench.start(10)]
    await bench.putPart(first, 1)
    await bench.putPart(second, 1)
  })

  it('§2 different files get different keys or different uploads', async (bench) => {
    const first = await bench.start(10, { fileHash: freshHash() })
    const second = await bench.start(10, { fileHash: freshHash() })
    check(
      first.key !== second.key || first.uploadId !== second.uploadId,
      'Two different files share one upload',
    )
  })

  for (const [what, body] of MALFORMED) {
    it(`§2 startUpload refuses a body that is ${what}`, async (bench) => {
      checkRefused(await bench.post(bench.startUrl, body), `startUpload with ${what}`)
    })
  }

  for (const [what, change] of WRONG) {
    it(`§2 startUpload refuses a body with ${what}`, async (bench) => {
      const answer = await bench.post(bench.startUrl, bench.startBody(change))
      checkRefused(answer, `startUpload with ${what}`)
    })
  }

  it('§2 startUpload is a POST: a GET is refused', async (bench) => {
    const headers = await options.headers()
    checkRefused(await bench.send(bench.startUrl, { method: 'GET', headers }), 'A GET')
  })

  const protectedOnes = backendCases(
    suite.when(options.authenticates !== false, 'authenticates'),
    options,
  )
  protectedOnes('§2 startUpload without credentials is refused', async (bench) => {
    const answer = await bench.post(bench.startUrl, bench.startBody(), 'nobody')
    checkRefused(answer, 'startUpload without credentials', [401, 403])
  })
}
