/** This project on Node, with its journal or, after the argument `no-journal`, without. */
import { join } from 'node:path'
import { createUploader } from '@s3-bg-uploader/core'
import { levelStore, nodeTransport } from '@s3-bg-uploader/transport-node'
import { endpoints } from './endpoints.ts'
import { runTask } from './run-task.ts'

const journaled = process.argv[3] !== 'no-journal'

await runTask(async ({ origin, paths, slots, scratch }) => {
  const uploader = await createUploader({
    transport: nodeTransport(),
    concurrency: slots,
    config: endpoints(origin),
    ...(journaled ? { store: levelStore(join(scratch, 'journal')) } : {}),
  })
  await Promise.all(paths.map(async (path) => (await uploader.uploadFile(path)).done))
  await uploader.close()
})
