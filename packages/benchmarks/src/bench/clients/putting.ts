/** transport-node alone: the parts of the files, so many at once, without hash, plan and journal. */
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import { inLanes } from './lanes.ts'
import { runTask } from './run-task.ts'

await runTask(async ({ origin, paths, partSize, slots }) => {
  const transport = nodeTransport()
  const { signal } = new AbortController()
  for (const path of paths) {
    const source = await transport.open(path)
    const parts = Array.from({ length: Math.ceil(source.size / partSize) }, (_, at) => at)
    await inLanes(parts, slots, async (part) => {
      const range = { start: part * partSize, end: Math.min((part + 1) * partSize, source.size) }
      const url = `${origin}/bucket/key?partNumber=${part + 1}`
      const { status } = await source.put({ url, range, signal, onProgress: () => {} })
      if (status !== 200) throw new Error(`The server answered ${status}`)
    })
    await source.close()
  }
  await transport.close?.()
})
