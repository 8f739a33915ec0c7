import { backendConformance } from '../../../testkit/dist/index.js'

/** Runs testkit's suite for backends against the handler on this server. */
export async function conformanceRow(site) {
  if (site.server.bare) return { cell: '–', note: site.server.bare }
  const { config, errors } = await site.backend()
  const { headers, ...endpoints } = config
  const cases = []
  backendConformance({
    describe: (_, body) => body(),
    it: (name, body) => cases.push({ name, body }),
    endpoints: () => endpoints,
    has: { listParts: true, abort: true },
    fetch: (url, init) => fetch(url, init),
    headers: () => headers,
    otherHeaders: () => ({ authorization: 'eve' }),
    object: (key) => site.object(key),
  })
  const failed = []
  for (const { name, body } of cases) {
    try {
      await body()
    } catch (error) {
      failed.push(`${name}: ${error.message}`)
    }
  }
  if (failed.length > 0) {
    const cause = errors.length > 0 ? ` (first error behind it: ${errors[0]})` : ''
    throw new Error(`${failed.length} of ${cases.length} cases fail: ${failed.join('; ')}${cause}`)
  }
  return {}
}
