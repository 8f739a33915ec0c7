import { inWords, postVariants, type Step } from './step.ts'
import { type Answer, isSuccess } from './wire.ts'

/** complete with the only part. */
export async function checkComplete(step: Step, url: string, etag: string): Promise<void> {
  const { report, post } = step
  const send = (body: unknown): Promise<Answer> => post(url, body)
  const answer = await send({ parts: [{ PartNumber: 1, ETag: etag }] })
  if (isSuccess(answer)) return
  const clients = 'and clients send PartNumber and ETag'
  const taken = await postVariants(step, send, [
    [
      { parts: [{ PartNumber: 1, ETag: `"${etag}"` }] },
      'complete wants ETags with quotes around them, and clients send them without',
    ],
    [
      { parts: [{ part_number: 1, etag }] },
      `complete wants part_number and etag in each part, ${clients}`,
    ],
    [
      { parts: [{ partNumber: 1, etag }] },
      `complete wants partNumber and etag in each part, ${clients}`,
    ],
    [
      { parts: [{ partNumber: 1, eTag: etag }] },
      `complete wants partNumber and eTag in each part, ${clients}`,
    ],
    [{ Parts: [{ PartNumber: 1, ETag: etag }] }, 'complete wants Parts, and clients send parts'],
    [[{ PartNumber: 1, ETag: etag }], 'complete wants a list, and clients send { parts: [ … ] }'],
  ])
  if (taken !== undefined) return
  report({
    section: '§2',
    text: 'complete refuses the only part of a small upload, with the ETag that the storage has just answered.',
    fix: 'It is POST {complete}/{uploadId}/{key}, percent-encoded, with { "parts": [{ "PartNumber": 1, "ETag": "…" }] }.',
    seen: inWords(answer),
  })
}
