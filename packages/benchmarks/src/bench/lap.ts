import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { CommandLine, Contestant, Script } from './contestants.ts'
import { peakMemory } from './peak-memory.ts'
import { certificatePath } from './server/certificate.ts'
import type { OwnFigures, Task } from './task.ts'

const LIMIT_MS = 300_000
const LOOK_EVERY_MS = 20
/** Linux counts in these, whatever the kernel ticks in. */
const CLOCK_TICKS_PER_SECOND = 100

/** Lets one contestant do the task once. @throws Error with the end of what it wrote to stderr. */
export function runLap({ start, name }: Contestant, task: Task): Promise<OwnFigures> {
  return start.kind === 'script'
    ? runScript(name, start, task)
    : runCommand(name, start.commandLine(task))
}

async function runScript(name: string, { file, argument }: Script, task: Task) {
  const path = fileURLToPath(new URL(`clients/${file}`, import.meta.url))
  const args = [JSON.stringify(task), ...(argument === undefined ? [] : [argument])]
  const child = fork(path, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificatePath },
    timeout: LIMIT_MS,
  })
  let figures: OwnFigures | undefined
  child.on('message', (message) => {
    figures = message as OwnFigures
  })
  await ended(name, child)
  if (figures === undefined) throw new Error(`${name} ended without a result`)
  return figures
}

async function runCommand(name: string, { program, args, env }: CommandLine): Promise<OwnFigures> {
  const cpuBefore = cpuOfChildren()
  const startedAt = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
    timeout: LIMIT_MS,
  })
  let peakBytes = 0
  const look = () => {
    peakBytes = Math.max(peakBytes, peakMemory(child.pid ?? 0) ?? 0)
  }
  const looking = setInterval(look, LOOK_EVERY_MS)
  try {
    await ended(name, child)
  } finally {
    clearInterval(looking)
  }
  const wallMs = performance.now() - startedAt
  return { wallMs, cpuSeconds: cpuOfChildren() - cpuBefore, peakBytes }
}

async function ended(name: string, child: ChildProcess): Promise<void> {
  const complaints = child.stderr === null ? '' : text(child.stderr)
  const [code, signal] = await once(child, 'exit')
  if (code === 0) return
  const last = (await complaints).trim().slice(-300)
  throw new Error(`${name} ended with ${code ?? signal}: ${last}`)
}

/** User and system time of all processes that this one has started and that have ended. */
function cpuOfChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // The name of the program, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS_PER_SECOND
}
