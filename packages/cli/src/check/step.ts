import type { CheckRequest } from './check-request.ts'
import type { Fault } from './fault.ts'
import { type Answer, isSuccess, type Wire } from './wire.ts'

/** What is needed to take one step of an upload. */
export interface Step {
  readonly request: CheckRequest
  readonly wire: Wire
  /** Takes down what is wrong; the upload goes on as far as it can. */
  readonly report: (fault: Fault) => void
  /** A control call; a body that is no string is sent as JSON. */
  readonly post: (url: string, body: unknown) => Promise<Answer>
  /** The same to start or urls, whatever their end has to look like. */
  readonly postCollection: (name: string, api: string, body: unknown) => Promise<Answer>
}

/** Thrown where an upload cannot go on: the fault has been reported. */
export class Stuck extends Error {
  override readonly name: 'Stuck' = 'Stuck'
}

/** Routers that know no such path say so in different ways. */
export function isNowhere({ status }: Answer): boolean {
  return status === 404 || status === 405 || (status >= 300 && status < 400)
}

/** What was seen of an answer that is not as it should be. */
export function inWords({ status, text }: Answer): string {
  return `${status} ${JSON.stringify(text)}`
}

/** Another body that the backend may be waiting for, and how it differs from that of the contract. */
export type Variant = readonly [body: unknown, wants: string]

/**
 * The answer to the body of the contract, or to the first of the variants that is taken, which is a fault.
 * Undefined where none is.
 */
export async function postVariants(
  { report }: Pick<Step, 'report'>,
  send: (body: unknown) => Promise<Answer>,
  variants: readonly Variant[],
): Promise<Answer | undefined> {
  for (const [body, wants] of variants) {
    const answer = await send(body)
    if (!isSuccess(answer)) continue
    report({ section: '§2', text: `${wants}.`, fix: 'Names and types of the contract are exact.' })
    return answer
  }
  return undefined
}
