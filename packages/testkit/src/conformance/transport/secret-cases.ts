import { check, rejection } from '../check.ts'
import { SECRET } from '../lane.ts'
import type { Behaviour } from '../put-server.ts'
import type { Suite } from '../suite.ts'
import { benchCases } from './bench.ts'
import type { TransportConformance } from './options.ts'

const FAILURES: readonly (readonly [what: string, behaviour: Behaviour])[] = [
  ['is reset', { kind: 'break', at: 'body', how: 'reset' }],
  ['gets half an answer', { kind: 'break', at: 'answer headers', how: 'close' }],
]

export function secretCases<TFile>(suite: Suite, options: TransportConformance<TFile>): void {
  const it = benchCases(suite, options)

  for (const [what, behaviour] of FAILURES) {
    it(`§6.11 the error of a put that ${what} does not tell the query of the URL`, async (bench) => {
      const { put } = await bench.open(1000)
      checkSilent(await rejection(put((await bench.lane(behaviour)).url), 'put'))
    })
  }

  it('§6.11 the error of a put that nobody answers does not tell the query of the URL', async (bench) => {
    const { put } = await bench.open(1000)
    const { deadOrigin } = await bench.server()
    checkSilent(await rejection(put(`${deadOrigin}/part?X-Amz-Signature=${SECRET}`), 'put'))
  })

  it('§6.11 the error of an aborted put does not tell the query of the URL', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane({ kind: 'stall', reading: 'nothing' })
    const abort = new AbortController()
    const putting = put(lane.url, { signal: abort.signal })
    putting.catch(() => {})
    await lane.until('headers')
    abort.abort()
    checkSilent(await rejection(putting, 'put'))
  })

  it('§6.11 headers and body of an answer do not tell the query of the URL', async (bench) => {
    const { put } = await bench.open(1000)
    const lane = await bench.lane({ kind: 'answer', status: 403, body: '<Error/>' })
    const answer = JSON.stringify(await put(lane.url))
    check(!answer.includes(SECRET), 'The answer holds the query of the presigned URL')
  })
}

/** Looks at everything that a log may print of an error. */
function checkSilent(error: unknown): void {
  let cause = error
  for (let depth = 0; cause instanceof Error && depth < 10; depth++) {
    const printed = [cause.message, cause.stack, safeJson(cause)].join('\n')
    check(
      !printed.includes(SECRET),
      `The error holds the query of the presigned URL: ${cause.name}`,
    )
    cause = cause.cause
  }
  check(!String(cause).includes(SECRET), 'The error holds the query of the presigned URL')
}

function safeJson(error: Error): string {
  try {
    return JSON.stringify({ ...error })
  } catch {
    return ''
  }
}
