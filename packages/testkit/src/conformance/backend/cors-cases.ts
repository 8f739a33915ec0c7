import { check } from '../check.ts'
import { patternBytes } from '../pattern-bytes.ts'
import type { Suite } from '../suite.ts'
import { type Answer, checkSucceeded } from './answer.ts'
import { backendCases } from './bench.ts'
import type { BackendConformance } from './options.ts'

export function corsCases(suite: Suite, options: BackendConformance): void {
  const { corsOrigin: origin = '' } = options
  const it = backendCases(suite.when(options.corsOrigin !== undefined, 'corsOrigin'), options)

  it('§2 pages may call startUpload, with a JSON body and the headers that authorise', async (bench) => {
    const names = ['content-type', ...Object.keys(await options.headers())]
    const preflight = await bench.send(bench.startUrl, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': names.join(','),
      },
    })
    checkSucceeded(preflight, 'The preflight')
    checkAllowed(preflight, origin)
    const allowed = listOf(preflight, 'access-control-allow-headers')
    for (const name of names) {
      check(
        allowed.includes(name.toLowerCase()) || allowed.includes('*'),
        `The preflight does not allow the header ${name}`,
      )
    }
  })

  it('§2 pages may read the answer of startUpload', async (bench) => {
    const answer = await bench.send(bench.startUrl, {
      method: 'POST',
      headers: { ...(await options.headers()), 'content-type': 'application/json', origin },
      body: JSON.stringify(bench.startBody()),
    })
    checkSucceeded(answer, 'startUpload')
    checkAllowed(answer, origin)
  })

  it('§2 pages may PUT to a part URL and read the ETag', async (bench) => {
    const url = (await bench.urls(await bench.start(10), [1]))['1'] ?? ''
    const preflight = await bench.send(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    })
    checkSucceeded(preflight, 'The preflight')
    checkAllowed(preflight, origin)
    check(
      listOf(preflight, 'access-control-allow-methods').some(
        (name) => name === 'put' || name === '*',
      ),
      'The preflight does not allow PUT',
    )
    const headers = { origin }
    const answer = await bench.send(url, { method: 'PUT', headers, body: patternBytes(10) })
    checkSucceeded(answer, 'The PUT')
    checkAllowed(answer, origin)
    const exposed = listOf(answer, 'access-control-expose-headers')
    check(exposed.includes('etag') || exposed.includes('*'), 'The answer does not expose the ETag')
  })
}

function checkAllowed(answer: Answer, origin: string): void {
  const allowed = answer.headers.get('access-control-allow-origin')
  check(
    allowed === origin || allowed === '*',
    `Access-Control-Allow-Origin should be ${origin}, but is ${allowed}`,
  )
}

function listOf(answer: Answer, name: string): readonly string[] {
  return (answer.headers.get(name) ?? '').split(',').map((item) => item.trim().toLowerCase())
}
