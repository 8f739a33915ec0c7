import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a command to its end.
 *
 * @returns what it wrote: to stdout, and to both
 * @throws Error with the command and its output when it ends with anything but 0.
 */
export async function run(command, args, cwd) {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NEXT_TELEMETRY_DISABLED: '1' },
  })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [code, signal] = await once(child, 'close')
  if (code === 0) return { stdout, output }
  throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${output}`)
}

/** Runs pnpm, in the version of this repository. */
export function pnpm(args, cwd) {
  return run('npx', ['--yes', 'pnpm@12.21.0', ...args], cwd)
}

/** What comes before a program to run it in another version of Node. */
export function nodeVersion(major) {
  return ['npx', '--yes', '-p', `node@${major}`, 'node']
}
