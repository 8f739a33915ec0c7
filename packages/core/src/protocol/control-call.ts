import { type ControlCall, isUploadError } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import type { Clock, Fetch, FetchResponse } from '../ports.ts'
import type { ControlHeaders } from '../uploader/types.ts'
import type { EndpointConfig } from './config.ts'
import { findHeaderProblem } from './control-headers.ts'
import { readErrorReason } from './error-body.ts'
import { readHttpDate } from './http-date.ts'
import { localFailure } from './local-failure.ts'
import { readBody } from './read-body.ts'
import { readRetryAfter } from './retry-after.ts'
import { describeError, withoutSecrets } from './safe-cause.ts'
import type { AnswerTime } from './server-time.ts'
import { CALL_NAMES, statusFailure } from './status-failure.ts'
import { untilAborted } from './until-aborted.ts'

/** What a control call came to. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

export interface ControlPorts {
  readonly fetch: Fetch
  readonly clock: Pick<Clock, 'now' | 'wall'>
  /** Asked once per call. */
  readonly config: () => EndpointConfig
}

/** One control call: what to send and what to make of a 2xx. */
export interface ControlCallPlan<T> {
  readonly call: ControlCall
  /** May throw an UploadError. */
  readonly request: (config: EndpointConfig) => { readonly url: string; readonly body: string }
  readonly read: (reply: ControlReply, config: EndpointConfig) => Promise<Answer<T>>
}

/** A 2xx whose body has not been read. */
export interface ControlReply {
  readonly status: number
  /** Such as `application/json`, without parameters. */
  readonly mediaType: string | undefined
  /** Rejects where the answer is cut off. Undefined where the body is too large to be one of ours. */
  text(): Promise<string | undefined>
  readonly time: AnswerTime
}

/**
 * Makes one control call. Never rejects, never throws, and resolves soon after `controller` aborts even
 * where the platform's fetch or the headers function does not care.
 */
export async function makeControlCall<T>(
  ports: ControlPorts,
  plan: ControlCallPlan<T>,
  controller: AbortController,
): Promise<Answer<T>> {
  try {
    return await exchange(ports, plan, controller)
  } catch (error) {
    return { ok: false, failure: unsent(CALL_NAMES[plan.call], error) }
  }
}

async function exchange<T>(
  ports: ControlPorts,
  plan: ControlCallPlan<T>,
  controller: AbortController,
): Promise<Answer<T>> {
  const { signal } = controller
  const name = CALL_NAMES[plan.call]
  const config = ports.config()
  const { url, body } = plan.request(config)
  const secrets = url.split('?').slice(1)

  const send = async (): Promise<Answer<FetchResponse>> => {
    const headers = await askHeaders(config, name, signal)
    if (!headers.ok) return headers
    secrets.push(...Object.values(headers.value))
    try {
      // Also while the headers were asked for, the call may have become unwanted.
      if (signal.aborted) throw new Error('Aborted')
      const value = await untilAborted(
        ports.fetch(url, {
          method: 'POST',
          headers: requestHeaders(headers.value),
          body,
          signal,
          redirect: 'manual',
        }),
        signal,
      )
      return { ok: true, value }
    } catch (error) {
      return broken(`${name} got no answer`, error)
    }
  }
  const broken = (message: string, error: unknown): { ok: false; failure: Failure } => ({
    ok: false,
    failure: {
      kind: 'exchange',
      message: `${message} (${signal.aborted ? 'aborted' : describeError(error)})`,
      cause: withoutSecrets(error, secrets),
    },
  })

  let sent = await send()
  if (sent.ok && sent.value.status === 401 && typeof config.headers === 'function') {
    // Read to its end, so that the connection can be used again.
    readBody(sent.value, controller).catch(() => {})
    sent = await send()
  }
  if (!sent.ok) return sent

  const response = sent.value
  const { status } = response
  const date = readHttpDate(response.headers.get('date'))
  const time: AnswerTime = { date, receivedAt: ports.clock.now() }
  const text = () => readBody(response, controller)
  if (status < 200 || status > 299 || !Number.isInteger(status)) {
    const retryAfterMs = readRetryAfter(
      response.headers.get('retry-after'),
      date ?? ports.clock.wall(),
    )
    // The status counts even where the body is cut off.
    const reason = readErrorReason(await text().catch(() => undefined))
    return { ok: false, failure: statusFailure(plan.call, url, { status, reason, retryAfterMs }) }
  }
  try {
    const mediaType = readMediaType(response.headers.get('content-type'))
    return await plan.read({ status, mediaType, text, time }, config)
  } catch (error) {
    // Such as an answer that the transport finds too large: it would be so again.
    if (isUploadError(error)) return { ok: false, failure: unsent(name, error) }
    return broken(`The answer to ${name} was cut off`, error)
  }
}

/** Asks the configured headers, and checks what a function gives as strictly as an object. */
async function askHeaders(
  config: EndpointConfig,
  name: string,
  signal: AbortSignal,
): Promise<Answer<ControlHeaders>> {
  const { headers } = config
  if (typeof headers !== 'function') return { ok: true, value: headers ?? {} }
  try {
    const value = await untilAborted(Promise.resolve(headers()), signal)
    const message = findHeaderProblem(value)
    return message === undefined
      ? { ok: true, value }
      : { ok: false, failure: { kind: 'local', code: 'config_invalid', message } }
  } catch (error) {
    // Mostly a token refresh that lost the network too, so it is retried as a lost network is. A
    // function that knows better says so with an UploadError.
    if (isUploadError(error)) return { ok: false, failure: unsent(name, error) }
    const why = signal.aborted ? 'aborted' : `the headers function threw: ${describeError(error)}`
    return {
      ok: false,
      failure: { kind: 'exchange', message: `${name} was not sent (${why})`, cause: error },
    }
  }
}

/** Ours first; the app's own replace them, in whatever case they are written. */
function requestHeaders(headers: ControlHeaders): ControlHeaders {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const ours = ['content-type', 'accept'].filter((name) => !given.has(name))
  return { ...Object.fromEntries(ours.map((name) => [name, 'application/json'])), ...headers }
}

function readMediaType(contentType: string | null): string | undefined {
  return /^\s*([\w.+-]{1,64}\/[\w.+-]{1,64})/.exec(contentType ?? '')?.[1]?.toLowerCase()
}

/** Anything but an UploadError is a bug of ours. */
function unsent(name: string, error: unknown): Failure {
  return localFailure(error, 'internal', `${name} could not be sent`)
}
