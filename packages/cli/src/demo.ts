import { fileURLToPath } from 'node:url'
import { connectNode } from './connect.ts'
import { endProcess } from './end-process.ts'
import { processIo } from './io.ts'
import { runDemo } from './run-demo.ts'

const MIB = 1024 * 1024

const io = processIo()
const exitCode = await runDemo(
  {
    // Git ignores .tmp at the root of the checkout.
    dir: fileURLToPath(new URL('../../../.tmp/demo', import.meta.url)),
    paths: process.argv.slice(2),
    size: 256 * MIB,
    partSize: 8 * MIB,
  },
  io,
  connectNode,
)
await endProcess(io, exitCode)
