import type { ControlCall, Fetch, FetchResponse } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import type { HttpAnswer } from './http-answer.ts'
import { never } from './party.ts'
import type { Referee } from './referee.ts'
import type { ControlRequest, SimBackend } from './sim-backend.ts'
import type { SimNetwork } from './sim-network.ts'
import type { World } from './world.ts'

/** The endpoints of the simulated backend, for `setConfig`. */
export const ENDPOINTS = {
  start: 'https://api.test/start',
  urls: 'https://api.test/urls',
  complete: 'https://api.test/complete',
  list: 'https://api.test/list',
  abort: 'https://api.test/abort',
} as const

/** The Fetch port of one process. */
export function simFetch(
  world: World,
  client: ClientProcess,
  {
    network,
    backend,
    referee,
  }: { readonly network: SimNetwork; readonly backend: SimBackend; readonly referee: Referee },
): Fetch {
  return async (url, { headers, body, signal }) => {
    if (!client.enter()) return never()
    const request = readRequest(world, url, body, headers.authorization)
    if (request === undefined) {
      world.violate('4 urls', `a control call went to ${url}`)
      throw new Error('no route')
    }
    const { latencyMs } = world.plan
    const end = referee.controlStarts(client, request)
    try {
      const answer = await network.exchange<HttpAnswer>({
        party: client,
        label: `${request.call} ${request.uploadId ?? ''}`,
        secret: `${url} with ${headers.authorization ?? ''}`,
        signal,
        bodyMs: world.has('slow-backend') ? 9 * world.about('fetch.body', latencyMs) : 0,
        onProgress: undefined,
        arrive: () => backend.handle(request),
        patienceMs: undefined,
      })
      const cutOff = world.strikes('cutoff')
      const heard = cutOff ? { ...answer, body: '' } : answer
      // Nobody hears of what comes after the abort.
      end(signal.aborted ? undefined : heard)
      return toResponse(answer, cutOff)
    } catch (error) {
      end(undefined)
      throw error
    }
  }
}

function readRequest(
  world: World,
  url: string,
  body: string,
  authorization: string | undefined,
): ControlRequest | undefined {
  const slash = world.plan.trailingSlash ? '/' : ''
  for (const call of CALLS) {
    const base = ENDPOINTS[call]
    if (!url.startsWith(base)) continue
    const rest = url.slice(base.length)
    const json = JSON.parse(body) as Record<string, unknown>
    if (call === 'start' || call === 'urls') {
      if (rest !== slash) return undefined
      const uploadId = call === 'urls' ? String(json.uploadId) : undefined
      return { call, uploadId, body: json, authorization }
    }
    const [, uploadId] = /^\/([^/]+)\/in%20box\/f\d+%28\d+%29%C3%A9\.bin$/.exec(rest) ?? []
    if (uploadId === undefined) return undefined
    return { call, uploadId: decodeURIComponent(uploadId), body: json, authorization }
  }
  return undefined
}

const CALLS: readonly ControlCall[] = ['start', 'urls', 'complete', 'list', 'abort']

function toResponse({ status, headers, body }: HttpAnswer, cutOff: boolean): FetchResponse {
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => {
      if (cutOff) throw new Error('the body was cut off')
      return body
    },
  }
}
