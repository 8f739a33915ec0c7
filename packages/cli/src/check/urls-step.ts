import { findField } from './other-spelling.ts'
import { inWords, postVariants, type Step, Stuck } from './step.ts'
import { type Answer, isSuccess, type Started } from './wire.ts'

/** getUploadUrls for the only part. Resolves with the URL that was meant, as it came. */
export async function checkUrls(step: Step, { key, uploadId }: Started): Promise<string> {
  const { request, report, postCollection } = step
  const send = (body: unknown): Promise<Answer> =>
    postCollection('getUploadUrls', request.endpoints.getUploadUrlsApi, body)
  let answer = await send({ key, uploadId, parts: [1] })
  if (!isSuccess(answer)) {
    const wants = 'getUploadUrls wants'
    const taken = await postVariants(step, send, [
      [{ key, uploadId, parts: ['1'] }, `${wants} parts as strings, and clients send numbers`],
      [
        { key, uploadId, parts: [{ part_number: 1 }] },
        `${wants} parts as objects with part_number, and clients send numbers`,
      ],
      [
        { key, uploadId, parts: [{ PartNumber: 1 }] },
        `${wants} parts as objects with PartNumber, and clients send numbers`,
      ],
      [
        { key, uploadId, partNumbers: [1] },
        `${wants} partNumbers, and clients send parts, a list of numbers`,
      ],
      [
        { key, upload_id: uploadId, part_numbers: [1] },
        `${wants} upload_id and part_numbers, and clients send uploadId and parts`,
      ],
      [
        { Key: key, UploadId: uploadId, Parts: [1] },
        `${wants} Key, UploadId and Parts, and clients send key, uploadId and parts`,
      ],
    ])
    if (taken === undefined) {
      report({
        section: '§2',
        text: 'getUploadUrls refuses the upload that startUpload has just answered.',
        fix: 'It must take key (string), uploadId (string) and parts (a list of numbers).',
        seen: inWords(answer),
      })
      throw new Stuck()
    }
    answer = taken
  }
  return readUrl(step, answer)
}

function readUrl({ report }: Step, answer: Answer): string {
  const fix = 'It must be an object from part number to URL: { "urls": { "1": "https://…" } }.'
  const found = findField(answer.json, 'urls')
  if (found?.spelling !== undefined) {
    const text = `getUploadUrls answers ${found.spelling} where the contract has urls.`
    report({ section: '§2', text, fix })
  }
  const urls = found?.value
  if (Array.isArray(urls)) {
    report({ section: '§2', text: 'getUploadUrls answers urls as a list.', fix })
  } else if (typeof urls === 'object' && urls !== null && '1' in urls) {
    if (typeof urls['1'] === 'string') return urls['1']
    report({ section: '§2', text: 'getUploadUrls does not answer URLs as strings.', fix })
  } else {
    report({
      section: '§2',
      text: 'getUploadUrls does not answer a URL for the part that was asked for.',
      fix,
      seen: inWords(answer),
    })
  }
  const url = firstUrl(answer.json)
  if (url === undefined) throw new Stuck()
  return url
}

/** The first text that looks like a URL, however deep. */
function firstUrl(value: unknown): string | undefined {
  if (typeof value === 'string') return /^https?(:|%3a)/i.test(value.trim()) ? value : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const inner of Object.values(value)) {
    const found = firstUrl(inner)
    if (found !== undefined) return found
  }
  return undefined
}
