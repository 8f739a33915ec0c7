/**
 * One upload of as many parts as the file would have, in memory. The argument says by whom: `ours`, or
 * `bare`, the floor: promises of the same answers, so many at once, and nothing else.
 */
import { createUploader } from '@s3-bg-uploader/core'
import {
  INSTANT_CONFIG,
  INSTANT_PART_BYTES,
  instantBackend,
  instantTransport,
} from '../../instant.ts'
import { inLanes } from './lanes.ts'
import { runTask } from './run-task.ts'

await runTask(async ({ bytes, partSize, slots }) => {
  const parts = Math.ceil(bytes / partSize)
  const transport = instantTransport(parts * INSTANT_PART_BYTES, 0)
  if (process.argv[3] === 'bare') {
    const source = await transport.open('file')
    const starts = Array.from({ length: parts }, (_, part) => part * INSTANT_PART_BYTES)
    const signal = new AbortController().signal
    await inLanes(starts, slots, async (start) => {
      const range = { start, end: start + INSTANT_PART_BYTES }
      await source.put({ url: 'http://s3.test/', range, signal, onProgress: () => {} })
    })
    return
  }
  const uploader = await createUploader({
    transport,
    concurrency: slots,
    platform: { fetch: instantBackend },
    config: INSTANT_CONFIG,
  })
  await (await uploader.uploadFile('file')).done
  await uploader.close()
}, 'heap')
