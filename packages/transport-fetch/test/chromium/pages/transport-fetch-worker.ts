import { transportConformance } from '@s3-bg-uploader/testkit'
import { fetchTransport } from '../../../src/index.ts'
import { listCases } from './case-list.ts'
import { browserLimits, putServer } from './put-server.ts'
import { serveCases } from './worker-cases.ts'

// Dedicated workers have it, service workers have not: without it the transport sends by fetch.
Reflect.deleteProperty(globalThis, 'XMLHttpRequest')

serveCases(
  listCases((runner) =>
    transportConformance<File>({
      ...runner,
      create: async () => fetchTransport(),
      file: async (bytes, { name }) => ({
        file: new File([bytes.slice()], name, { type: 'video/mp4' }),
      }),
      capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
      limits: { ...browserLimits, immutableFiles: true },
      server: putServer,
    }),
  ),
)
