import type { ControlCall } from '../errors.ts'
import type { Read } from './answers.ts'
import type { EndpointConfig } from './config.ts'
import type { Answer, ControlCallPlan, ControlReply } from './control-call.ts'
import type { AnswerTime } from './server-time.ts'
import { CALL_NAMES } from './status-failure.ts'

/** Any 2xx will do. The body is read all the same, so that the connection can be used again. */
export async function ignoreBody(reply: ControlReply): Promise<Answer<void>> {
  await reply.text().catch(() => undefined)
  return { ok: true, value: undefined }
}

/** Reads a body of JSON as `read` says. */
export function jsonReader<T>(
  call: ControlCall,
  read: (answer: unknown, config: EndpointConfig, time: AnswerTime) => Read<T>,
): ControlCallPlan<T>['read'] {
  return async (reply, config) => {
    const json = parseJson(await reply.text(), reply.mediaType)
    const result = json.ok ? read(json.value, config, reply.time) : json
    if (result.ok) return result
    const { status } = reply
    const message = `${CALL_NAMES[call]} answered ${status}, but ${result.problem}`
    return { ok: false, failure: { kind: 'unusable', code: 'response_invalid', status, message } }
  }
}

/** The problem shows nothing of the body, which may hold presigned URLs. */
function parseJson(text: string | undefined, mediaType = 'no content type'): Read<unknown> {
  if (text === undefined) return { ok: false, problem: 'the body is larger than 8 MiB' }
  if (text.trim() === '') return { ok: false, problem: `the body is empty (${mediaType})` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, problem: `the body is not JSON (${mediaType})` }
  }
}
