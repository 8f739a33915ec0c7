/**
 * Measures whole uploads by core and transport-node, hashing included: CPU, throughput, memory.
 *
 *     npm --prefix packages/benchmarks run whole-upload -- [GiB of the file = 2] [slots = 4] [part MiB = 10]
 *
 * CPU is user and system time of this process, with everything that Node does in it; the server,
 * which discards the parts, runs in another. Another process writes the file, which leaves it in the
 * page cache.
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createUploader } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'

const MIB = 1024 * 1024
const [gib = 2, slots = 4, partMib = 10] = process.argv.slice(2).map(Number)

const directory = await mkdtemp(join(tmpdir(), 'whole-upload-'))
const script = fileURLToPath(new URL('contract-server.js', import.meta.url))
const server = fork(script, [String(partMib * MIB)])
try {
  const [port] = await once(server, 'message')
  const path = join(directory, 'file')
  execFileSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=1M', `count=${gib * 1024}`, 'status=none'])

  const api = `http://127.0.0.1:${port}`
  const uploader = await createUploader({
    transport: nodeTransport(),
    concurrency: slots,
    config: {
      startUploadApi: `${api}/start`,
      getUploadUrlsApi: `${api}/urls`,
      completeApi: `${api}/complete`,
    },
  })
  const startedAt = performance.now()
  const upload = await uploader.uploadFile(path)
  const { totalBytes, totalParts } = await upload.done
  const seconds = (performance.now() - startedAt) / 1000
  await uploader.close()

  // The whole process: what starting Node costs is part of what a user pays.
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const gigabytes = totalBytes / 1e9
  console.table({
    [`${gib} GiB in ${totalParts} parts, ${slots} slots`]: {
      'GB/s': (gigabytes / seconds).toFixed(2),
      'CPU-s/GB': ((userCPUTime + systemCPUTime) / 1e6 / gigabytes).toFixed(3),
      'peak RSS MB': ((maxRSS * 1024) / 1e6).toFixed(0),
    },
  })
} finally {
  server.disconnect()
  await rm(directory, { recursive: true })
}
