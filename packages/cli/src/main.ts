import { connectNode } from './connect.ts'
import { endProcess } from './end-process.ts'
import { processIo } from './io.ts'
import { run } from './run.ts'

const io = processIo()
await endProcess(io, await run(process.argv.slice(2), io, connectNode))
