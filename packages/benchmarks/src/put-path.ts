/**
 * Measures the PUT path and the hash path of transport-node: CPU, throughput and memory.
 *
 *     npm --prefix packages/benchmarks run put-path -- [GiB to send = 2] [parts at once = 4]
 *
 * CPU is user and system time of this process, with everything that Node does in it; the server
 * that discards the parts runs in another.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ForegroundSource } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import xxhash from 'xxhash-wasm'

const MIB = 1024 * 1024
const PART_BYTES = 10 * MIB
const FILE_BYTES = 100 * PART_BYTES
const HASH_BYTES = 2 * MIB

const [gib = 2, atOnce = 4] = process.argv.slice(2).map(Number)

interface Figures {
  readonly 'GB/s': string
  readonly 'CPU-s/GB': string
  readonly 'peak RSS MB': string
}

async function measure(bytes: number, work: () => Promise<void>): Promise<Figures> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const gigabytes = bytes / 1e9
  return {
    'GB/s': (gigabytes / seconds).toFixed(2),
    'CPU-s/GB': ((cpu.user + cpu.system) / 1e6 / gigabytes).toFixed(3),
    'peak RSS MB': ((process.resourceUsage().maxRSS * 1024) / 1e6).toFixed(0),
  }
}

async function sendParts(source: ForegroundSource, url: string, parts: number): Promise<void> {
  const partsInFile = source.size / PART_BYTES
  let sent = 0
  const lane = async () => {
    for (let part = sent++; part < parts; part = sent++) {
      const start = (part % partsInFile) * PART_BYTES
      const { status } = await source.put({
        url,
        range: { start, end: start + PART_BYTES },
        signal: new AbortController().signal,
        onProgress: () => {},
      })
      if (status !== 200) throw new Error(`The server answered ${status}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

async function hashFile(source: ForegroundSource): Promise<void> {
  const state = (await xxhash()).create64()
  const buffer = new Uint8Array(HASH_BYTES)
  for (let start = 0; start < source.size; start += HASH_BYTES) {
    const end = Math.min(start + HASH_BYTES, source.size)
    state.update(await source.read({ start, end }, buffer))
  }
  state.digest()
}

async function writeFile(path: string): Promise<void> {
  const file = await open(path, 'w')
  const block = new Uint8Array(MIB).map((_, at) => Math.imul(at, 0x9e3779b1) >>> 24)
  for (let at = 0; at < FILE_BYTES; at += MIB) await file.write(block)
  await file.close()
}

const directory = await mkdtemp(join(tmpdir(), 'put-path-'))
const server = fork(fileURLToPath(new URL('contract-server.js', import.meta.url)), [
  String(PART_BYTES),
])
const transport = nodeTransport()
try {
  const [port] = await once(server, 'message')
  const path = join(directory, 'file')
  await writeFile(path)
  const source = await transport.open(path)
  const url = `http://127.0.0.1:${port}/bucket/key?partNumber=1`
  const parts = Math.ceil((gib * 1024 * MIB) / PART_BYTES)
  await sendParts(source, url, 20) // warms up the JIT and the page cache
  const put = await measure(parts * PART_BYTES, () => sendParts(source, url, parts))
  const hash = await measure(source.size, () => hashFile(source))
  console.table({ [`PUT, ${atOnce} at once`]: put, 'read and hash': hash })
  await source.close()
} finally {
  await transport.close?.()
  server.disconnect()
  await rm(directory, { recursive: true })
}
