/**
 * Measures whole uploads by core and transport-node, hashing included: CPU, throughput, memory, and
 * what is allocated once the first quarter is sent: nothing may be, for each chunk.
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
import { PerformanceObserver } from 'node:perf_hooks'
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
  let buffersAtQuarter: number | undefined
  let mostBuffers = 0
  let collections = 0
  const isSteady = (): boolean => upload.getSnapshot().percentage > 25
  upload.subscribe(() => {
    if (!isSteady()) return
    const { arrayBuffers } = process.memoryUsage()
    buffersAtQuarter ??= arrayBuffers
    mostBuffers = Math.max(mostBuffers, arrayBuffers)
  })
  new PerformanceObserver((list) => {
    if (isSteady()) collections += list.getEntries().length
  }).observe({ entryTypes: ['gc'] })
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
      'MB of buffers at a quarter': ((buffersAtQuarter ?? 0) / 1e6).toFixed(1),
      'at most after': (mostBuffers / 1e6).toFixed(1),
      'collections after, per GB': (collections / 0.75 / gigabytes).toFixed(1),
    },
  })
} finally {
  server.disconnect()
  await rm(directory, { recursive: true })
}
