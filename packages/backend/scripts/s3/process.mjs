import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** Runs a command to its end and gives what it wrote to stdout; throws with the end of its stderr. */
export function run(command, args, { env = {}, cwd, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      signal,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    child.on('error', (error) => {
      reject(new Error(`${command} could not be run: ${error.message}`, { cause: error }))
    })
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout)
      else
        reject(new Error(`${command} ${args[0]} ended with ${code}: ${lastLines(output.stderr)}`))
    })
  })
}

/** Starts a server; resolves once it answers HTTP at `url`, with what stops it. */
export async function start(command, args, { env = {}, cwd, url, patienceMs = 60_000 }) {
  let log = ''
  let ended
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log = (log + text).slice(-4000)
    })
  }
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  const end = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(`ended with ${code ?? signal}`))
  })
  void end.then((how) => {
    ended = how
  })
  const stop = async () => {
    process.off('exit', orphaned)
    child.kill('SIGKILL')
    await end
  }
  const until = Date.now() + patienceMs
  while (!(await answers(url))) {
    if (ended !== undefined || Date.now() > until) {
      await stop()
      throw new Error(`${ended ?? 'does not answer'}: ${lastLines(log)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return stop
}

/** A port of loopback that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(url) {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(5000) })).arrayBuffer()
    return true
  } catch {
    // Not up yet.
    return false
  }
}

function lastLines(text) {
  return text.trim().split('\n').slice(-4).join(' | ')
}
