import { addressUrl } from '@s3-bg-uploader/testkit/conformance/backend'
import type { Io, StopSignal } from '../io.ts'
import { ExitCode, exitCodeOfSignal } from '../summary.ts'
import type { CheckRequest } from './check-request.ts'
import { firstUpload } from './first-upload.ts'
import { CheckReport } from './report.ts'
import { runGroup } from './result.ts'
import { type SuiteCase, suiteCases } from './suite-cases.ts'
import { Wire } from './wire.ts'

/** Parts of the backend's own size go over slow lines. */
const PATIENCE_MS = 180_000

/**
 * Checks a running backend against the contract: a small upload first, which finds out what is meant, and
 * if that works the suite of the testkit.
 */
export async function checkBackend(request: CheckRequest, io: Io): Promise<ExitCode> {
  const stop = new AbortController()
  let signalled: StopSignal | undefined
  const onSignal = (signal: StopSignal) => (): void => {
    if (signalled !== undefined) return io.exit(exitCodeOfSignal(signal))
    signalled = signal
    stop.abort()
  }
  const forget = [
    io.signals.on('SIGINT', onSignal('SIGINT')),
    io.signals.on('SIGTERM', onSignal('SIGTERM')),
  ]
  const report = new CheckReport(request, io)
  const wire = new Wire({ ...request.endpoints, signal: stop.signal, patienceMs: PATIENCE_MS })
  try {
    const { faults, trailingSlash } = await firstUpload(request, wire)
    // What differs in a slash only is told once, and the rest is checked without it.
    const usable = faults.length <= (trailingSlash === request.trailingSlash ? 0 : 1)
    if (!stop.signal.aborted) report.firstUpload(faults, usable)
    if (usable) {
      const asFound = { ...request, trailingSlash }
      for (const [group, cases] of byGroup(casesFor(asFound, wire))) {
        if (stop.signal.aborted) break
        const result = await runGroup(group, cases, stop.signal)
        if (!stop.signal.aborted) report.group(result)
      }
    }
    const left = await cleanUp(request, wire)
    report.end({ interrupted: signalled !== undefined, stored: wire.completed, left })
  } finally {
    for (const remove of forget) remove()
  }
  if (signalled !== undefined) return exitCodeOfSignal(signalled)
  return report.faults === 0 ? ExitCode.ok : ExitCode.failed
}

function casesFor(request: CheckRequest, wire: Wire): readonly SuiteCase[] {
  const { endpoints, headers, otherHeaders, origin, trailingSlash, userParams } = request
  return suiteCases({
    endpoints: () => endpoints,
    has: {
      listParts: endpoints.listPartsApi !== undefined,
      abort: endpoints.abortApi !== undefined,
    },
    fetch: wire.fetch,
    headers: () => headers,
    ...(otherHeaders === undefined ? {} : { otherHeaders: () => otherHeaders }),
    authenticates: Object.keys(headers).length > 0,
    trailingSlash,
    ...(origin === undefined ? {} : { corsOrigin: origin }),
    userParams,
    patienceMs: PATIENCE_MS,
  })
}

function byGroup(cases: readonly SuiteCase[]): ReadonlyMap<string, readonly SuiteCase[]> {
  const groups = new Map<string, SuiteCase[]>()
  for (const one of cases) groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  return groups
}

/** Aborts what was started. Resolves with how many uploads stay unfinished. */
async function cleanUp({ endpoints, headers }: CheckRequest, wire: Wire): Promise<number> {
  const { started, completed } = wire
  const { abortApi } = endpoints
  if (abortApi === undefined) return Math.max(0, started.length - completed)
  // The signal that ended the check must not end this.
  const patience = AbortSignal.timeout(PATIENCE_MS)
  let left = 0
  for (const upload of started) {
    const init = { method: 'POST', headers, signal: patience }
    const answer = await fetch(addressUrl(abortApi, upload), init).catch(() => undefined)
    await answer?.body?.cancel()
    // A 4xx is for what is gone: completed, or aborted by the suite.
    if (answer === undefined || answer.status >= 500) left += 1
  }
  return left
}
