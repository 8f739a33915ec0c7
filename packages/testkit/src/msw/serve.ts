import { HttpResponse } from 'msw'
import type { UrlValidity } from '../storage/index.ts'
import { md5Hex } from '../storage/md5.ts'
import { concatenate } from '../storage/receive.ts'
import { copyHeaders } from './copy-headers.ts'
import type { Exchange, OpenExchange } from './exchange.ts'
import type { Fate, FaultPlan, Moment } from './fault.ts'
import { cutOff, finishAnswer } from './finish-answer.ts'
import { readNames } from './identify.ts'
import { openExchange, parseJson, readControlBody } from './open-exchange.ts'
import { plannedAnswer } from './planned-answer.ts'
import { readBody } from './read-body.ts'
import type { Server } from './server.ts'
import type { Transcript } from './transcript.ts'

/** What the servers share until the next reset. */
export interface Desk {
  readonly transcript: Transcript
  readonly plan: FaultPlan
  /** Resolves with the reset. */
  readonly ended: Promise<void>
}

/** Answers one request: as the real handler does, unless something else was planned. */
export async function serve(request: Request, server: Server, desk: Desk): Promise<Response> {
  const origin = request.headers.get('origin')
  if (isPreflight(request)) return finishAnswer(await server.handle(request, {}), server, origin)

  const exchange = openExchange(request, server)
  const { transcript } = desk
  transcript.add(exchange)
  const over = Promise.race([desk.ended, aborted(request.signal)])
  const breakOff = (): Response => {
    // After a reset nobody reads it any more.
    transcript.settle(exchange, request.signal.aborted ? 'aborted' : 'broken')
    return HttpResponse.error()
  }
  const receive = (atLeast: number) =>
    readBody(request, atLeast, over, (total) => {
      exchange.bytes = total
    })

  // A control call is known by its body; a PUT is known by its URL, and its body may be cut short.
  const early = server.side === 'backend' ? await receive(Number.POSITIVE_INFINITY) : []
  if (early === undefined) return breakOff()
  if (server.side === 'backend') readControlBody(exchange, concatenate(early))
  const fate = desk.plan.fateOf(exchange)
  exchange.faults = fate.names
  const chunks = server.side === 'backend' ? early : await receive(bytesWanted(fate))
  if (chunks === undefined) return breakOff()
  const body = concatenate(chunks)
  const { ending } = fate
  const arrived = !(ending?.kind === 'reset' && ending.at !== 'after')
  if (server.side === 'storage' && arrived) exchange.md5 = md5Hex(body)

  if (!(await pause(fate, 'before', exchange, server, over))) return breakOff()
  if (ending?.kind === 'stall') {
    transcript.settle(exchange, 'stalled')
    await over
    return HttpResponse.error()
  }
  if (!arrived) {
    transcript.settle(exchange, 'broken')
    return HttpResponse.error()
  }
  const answer =
    ending?.kind === 'respond'
      ? plannedAnswer(ending.status, ending.options, server.side)
      : await takeEffect(request, body, fate, exchange, server)
  const response = await finishAnswer(answer, server, origin, fate)
  if (!(await pause(fate, 'after', exchange, server, over))) return breakOff()
  if (ending?.kind === 'reset') {
    transcript.settle(exchange, 'broken')
    return HttpResponse.error()
  }
  if (ending?.kind === 'cut') {
    transcript.settle(exchange, 'broken', response.status)
    return cutOff(response, ending.afterBytes)
  }
  transcript.settle(exchange, 'answered', response.status)
  return response
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}

function bytesWanted({ ending }: Fate): number {
  if (ending?.kind !== 'reset') return Number.POSITIVE_INFINITY
  switch (ending.at) {
    case 'before':
      return 0
    case 'during':
      return ending.afterBytes
    case 'after':
      return Number.POSITIVE_INFINITY
  }
}

/** Lets delays and gates have their time. False when nobody is interested any more. */
async function pause(
  { changes }: Fate,
  moment: Moment,
  exchange: Exchange,
  { setTimer }: Server,
  over: Promise<unknown>,
): Promise<boolean> {
  for (const change of changes) {
    if (change.kind === 'delay' && change.when === moment) {
      let cancel = (): void => {}
      const rung = new Promise<void>((resolve) => {
        cancel = setTimer(resolve, change.ms)
      })
      await Promise.race([rung, over])
      cancel()
    } else if (change.kind === 'hold' && change.when === moment) {
      await change.gate.pass(exchange, over)
    }
  }
  return !(await isOver(over))
}

/** Whether it has resolved already. */
async function isOver(over: Promise<unknown>): Promise<boolean> {
  const going = Symbol('going')
  return (await Promise.race([over, going])) !== going
}

async function takeEffect(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  { changes }: Fate,
  exchange: OpenExchange,
  server: Server,
): Promise<Response> {
  const { url, method } = request
  let validity: UrlValidity = {}
  for (const change of changes) {
    if (change.kind === 'validity') validity = { ...validity, ...change.validity }
  }
  const carriesBody = method !== 'GET' && method !== 'HEAD'
  const headers = copyHeaders(request.headers)
  const copy = new Request(url, { method, headers, ...(carriesBody ? { body } : {}) })
  const response = await server.handle(copy, validity)
  exchange.effect = response.status
  let text = await response.text()
  if (exchange.route === 'start') {
    const { uploadId, key } = readNames(parseJson(text))
    exchange.uploadId = uploadId
    exchange.key = key
  }
  for (const change of changes) {
    if (change.kind === 'body') text = change.change(text)
  }
  return new Response(text === '' ? null : text, {
    status: response.status,
    headers: response.headers,
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
