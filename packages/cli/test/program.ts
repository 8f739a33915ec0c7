import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The built program (`npm run build`): only a process has signals and an exit code. */
export const BIN: string = fileURLToPath(new URL('../bin/s3-bg-uploader.js', import.meta.url))

/** Starts the program as a process of its own. */
export function start(
  argv: readonly string[],
  bin: string = BIN,
  nodeOptions: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...nodeOptions, bin, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const ended = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, ...output }))
  return { child, ended }
}
