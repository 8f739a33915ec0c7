import { connectNode } from './connect.ts'
import { processIo } from './io.ts'
import { run } from './run.ts'

const io = processIo()
const exitCode = await run(process.argv.slice(2), io, connectNode)
// What was written to a pipe may still be on its way.
await Promise.all(
  [io.stdout, io.stderr].map(
    (output) => new Promise<void>((done) => output.write('', () => done())),
  ),
)
process.exit(exitCode)
