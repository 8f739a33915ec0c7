import { repairedUrls } from './repaired-urls.ts'
import { FILE_SIZE } from './start-step.ts'
import { inWords, type Step, Stuck } from './step.ts'
import { type Answer, isSuccess } from './wire.ts'

/** The PUT of the only part, to the URL as it came. Resolves with the ETag. */
export async function checkPut({ wire, report }: Step, url: string): Promise<string> {
  const put = async (to: string): Promise<Answer | undefined> => {
    if (!isHttpUrl(to)) return undefined
    return wire.send(to, { method: 'PUT', body: new Uint8Array(FILE_SIZE) })
  }
  let answer = await put(url)
  if (answer === undefined || !isSuccess(answer)) {
    const refused = answer
    for (const [repaired, spoiltBy] of repairedUrls(url)) {
      answer = await put(repaired)
      if (answer === undefined || !isSuccess(answer)) continue
      report({
        section: '§2',
        text: `The part URL was re-encoded after it was signed: ${spoiltBy}.`,
        fix: 'Hand out the presigned URL exactly as the SDK has made it: clients use it as it is.',
      })
      break
    }
    if (answer === undefined || !isSuccess(answer)) {
      report({
        section: '§2',
        text: 'The storage does not take the part at the URL that getUploadUrls has answered.',
        fix: 'Sign nothing but the host: clients send the bytes and no headers of yours. Hand out the URL as it was signed.',
        seen: refused === undefined ? 'It is no URL of http or https.' : inWords(refused),
      })
      throw new Stuck()
    }
  }
  const etag = answer.headers.get('etag')
  if (etag !== null && etag !== '') return etag.replace(/^"(.*)"$/, '$1')
  report({
    section: '§2',
    text: 'The storage answers the part without an ETag.',
    fix: 'S3 sends one: look for a proxy in between that takes it away.',
  })
  throw new Stuck()
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
