import { addressUrl, collectionUrl } from '@s3-bg-uploader/testkit/conformance/backend'
import type { CheckRequest } from './check-request.ts'
import { checkComplete } from './complete-step.ts'
import type { Fault } from './fault.ts'
import { checkPut } from './put-step.ts'
import { messageOf } from './result.ts'
import { checkStart } from './start-step.ts'
import { isNowhere, type Step, Stuck } from './step.ts'
import { checkUrls } from './urls-step.ts'
import { type Answer, Unreachable, type Wire } from './wire.ts'

/** What a small upload has shown. */
export interface FirstUpload {
  readonly faults: readonly Fault[]
  /** How start and urls can be called. */
  readonly trailingSlash: boolean
}

/** Sends one small file as clients do, and finds out what is meant where the backend means something else. */
export async function firstUpload(request: CheckRequest, wire: Wire): Promise<FirstUpload> {
  const faults: Fault[] = []
  let { trailingSlash } = request
  const report = (fault: Fault): void => {
    faults.push(fault)
  }
  const post = (url: string, body: unknown): Promise<Answer> =>
    wire.send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...request.headers },
      body: JSON.stringify(body),
    })
  const postCollection = async (name: string, api: string, body: unknown): Promise<Answer> => {
    const answer = await post(collectionUrl(api, trailingSlash), body)
    if (!trailingSlash || !isNowhere(answer)) return answer
    const without = await post(api, body)
    if (isNowhere(without)) return answer
    trailingSlash = false
    report({
      section: '§2',
      text: `${name} is not there with a slash at the end: ${answer.status} instead of ${without.status} without it.`,
      fix: 'Serve the path with the slash too, or let clients leave it out: trailingSlash: false, here --no-trailing-slash.',
    })
    return without
  }
  const step: Step = { request, wire, report, post, postCollection }
  try {
    const upload = await checkStart(step)
    const url = await checkUrls(step, upload)
    const etag = await checkPut(step, url)
    await checkComplete(step, addressUrl(request.endpoints.completeApi, upload), etag)
  } catch (error) {
    if (error instanceof Unreachable) {
      report({
        section: '§2',
        text: `${error.origin} cannot be reached.`,
        fix: 'Check the URL, and whether it runs.',
        seen: messageOf(error.cause),
      })
    } else if (!(error instanceof Stuck)) throw error
  }
  return { faults, trailingSlash }
}
