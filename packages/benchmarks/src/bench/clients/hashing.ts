/**
 * Hashing alone. The argument says by whom: `ours` (an upload whose parts are answered without being
 * sent), `md5` (of node:crypto, over a stream), `reading` (the file is read and not hashed: the floor).
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createUploader, type ForegroundTransport } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import { endpoints } from './endpoints.ts'
import { runTask } from './run-task.ts'

const READ_BYTES = 2 * 1024 * 1024
const who = process.argv[3]

await runTask(async ({ origin, paths, slots }) => {
  if (who === 'ours') return hashAndSendNothing(origin, paths, slots)
  for (const path of paths) await (who === 'md5' ? md5(path) : read(path))
})

async function hashAndSendNothing(
  origin: string,
  paths: readonly string[],
  slots: number,
): Promise<void> {
  const uploader = await createUploader({
    transport: sendingNothing(nodeTransport()),
    concurrency: slots,
    config: endpoints(origin),
  })
  await Promise.all(paths.map(async (path) => (await uploader.uploadFile(path)).done))
  await uploader.close()
}

function sendingNothing(
  transport: ForegroundTransport<string | URL>,
): ForegroundTransport<string | URL> {
  const put = async () => ({ status: 200, headers: { etag: '"0"' } })
  return { ...transport, open: async (file) => Object.assign(await transport.open(file), { put }) }
}

async function md5(path: string): Promise<void> {
  const hash = createHash('md5')
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES })
  for await (const chunk of chunks) hash.update(chunk)
  hash.digest()
}

async function read(path: string): Promise<void> {
  const file = await open(path)
  const buffer = new Uint8Array(READ_BYTES)
  while ((await file.read(buffer)).bytesRead > 0);
  await file.close()
}
