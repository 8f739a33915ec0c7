import { nodePutServer } from '@s3-bg-uploader/testkit/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hashOfContent, hashOfObject } from '../chromium/content-hash.ts'
import { serveBackend } from '../chromium/served-backend.ts'
import { fetchedRuntime } from './runtime.ts'

const MIB = 1024 * 1024
const FILE = 23 * MIB + 5

const RUNTIMES = [
  fetchedRuntime('deno', '2.9.6', ['run', '--no-prompt', '--allow-net=127.0.0.1']),
  fetchedRuntime('bun', '1.4.5', ['run']),
]

for (const { name, missing, run } of RUNTIMES) {
  if (missing !== undefined) console.log(`Skipped outside of CI: ${missing}`)

  describe.skipIf(missing !== undefined && process.env.CI !== 'true')(name, () => {
    test('a whole upload, over a refused part and one whose answer is lost', async () => {
      const backend = await serveBackend({ partSize: 5 * MIB })
      onTestFinished(() => backend.close())
      const { mock } = backend
      mock.on('put', { part: 2 }).respond(503, { retryAfter: 0 })
      mock.on('put', { part: 4 }).loseResponse()

      const output = await run('upload-program.ts', JSON.stringify(mock.config), String(FILE))

      expect(JSON.parse(output)).toMatchObject({ status: 'completed', totalParts: 5 })
      expect(hashOfObject(mock.storage)).toBe(hashOfContent(FILE))
      const puts = mock.transcript.filter(({ route }) => route === 'put')
      expect(puts.map(({ part = 0 }) => part).sort()).toEqual([1, 2, 2, 3, 4, 4, 5])
      for (const { headers } of puts) expect(headers).not.toHaveProperty('content-type')
    })

    test('it passes the transport suite', async () => {
      const server = await nodePutServer()
      onTestFinished(() => server.close())
      const results = JSON.parse(await run('conformance-program.ts', server.control)) as {
        name: string
        skipped: boolean
        failure?: string
      }[]
      expect(results.filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(results.filter(({ skipped }) => !skipped).length).toBeGreaterThan(100)
    })
  })
}
