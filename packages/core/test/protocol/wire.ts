import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Clock } from '../../src/ports.ts'
import { type BackendClient, createBackendClient } from '../../src/protocol/backend-client.ts'
import { parseConfig } from '../../src/protocol/config.ts'
import type { UploaderConfig } from '../../src/uploader/types.ts'

export const endpoints = {
  startUploadApi: 'https://backend.test/upload/start',
  getUploadUrlsApi: 'https://backend.test/upload/urls',
  completeApi: 'https://backend.test/upload/complete',
  listPartsApi: 'https://backend.test/upload/parts',
  abortApi: 'https://backend.test/upload/abort',
} as const

/** 2026-01-02T03:04:05Z by the user's clock. */
export const WALL = Date.UTC(2026, 0, 2, 3, 4, 5)

export const clock: Pick<Clock, 'now' | 'wall'> = { now: () => 1000, wall: () => WALL }

/** Never aborted. */
export const calm = (): AbortController => new AbortController()

export function clientFor(config: Partial<UploaderConfig> = {}): BackendClient {
  const parsed = parseConfig({ ...endpoints, ...config })
  return createBackendClient({ fetch, clock, config: () => parsed })
}

/** A control call as it arrived. */
export interface Arrived {
  readonly line: string
  readonly headers: Headers
  readonly body: string
}

/**
 * A backend that keeps what arrived and gives the scripted answers in turn, the last one for ever.
 * A request that nobody scripted fails the test.
 */
export function scriptedBackend(): {
  readonly arrived: Arrived[]
  answer(...answers: readonly (() => Response)[]): void
} {
  const arrived: Arrived[] = []
  let script: readonly (() => Response)[] = []
  const server = setupServer(
    http.all('https://backend.test/*', async ({ request }) => {
      const answer = script[Math.min(arrived.length, script.length - 1)]
      arrived.push({
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: await request.text(),
      })
      return answer?.() ?? HttpResponse.error()
    }),
  )
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  afterAll(() => server.close())
  afterEach(() => {
    arrived.length = 0
    script = []
  })
  return {
    arrived,
    answer: (...answers) => {
      script = answers
    },
  }
}

/** The failure of an answer that should be one. */
export function failureOf<T extends { readonly ok: boolean }>(
  answer: T,
): Extract<T, { readonly ok: false }> extends { readonly failure: infer F } ? F : never {
  if (answer.ok) throw new Error('Expected a failure')
  return (answer as unknown as { failure: never }).failure
}
