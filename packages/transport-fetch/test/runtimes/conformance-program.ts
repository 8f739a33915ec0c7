import { remotePutServer, transportConformance } from '@s3-bg-uploader/testkit'
import { fetchTransport } from '@s3-bg-uploader/transport-fetch'
import { listCases } from '../chromium/pages/case-list.ts'

// Runs the suite, one case after the other, and writes what became of each.
const [control = ''] = process.argv.slice(2)
const { cases, run } = listCases((runner) =>
  transportConformance<File>({
    ...runner,
    create: async () => fetchTransport(),
    file: async (bytes, { name }) => ({
      file: new File([bytes.slice()], name, { type: 'video/mp4' }),
    }),
    capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
    limits: { immutableFiles: true },
    server: () => remotePutServer({ control, fetch }),
  }),
)
const results: { name: string; skipped: boolean; failure?: string | undefined }[] = []
for (const { name, skipped } of cases) {
  results.push(skipped ? { name, skipped } : { name, skipped, failure: await run(name) })
}
console.log(JSON.stringify(results))
