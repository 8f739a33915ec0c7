import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Who has, or had, a journal open. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** Milliseconds since the epoch. */
  readonly processStartedAt: number
  readonly since: string
  /** Tells the folder from a copy of it. */
  readonly folder: string
}

/** Leaves word of who holds the lock. It decides nothing: a file like this outlives its process. */
export async function writeOwner(directory: string): Promise<void> {
  try {
    const owner: Owner = {
      pid: process.pid,
      host: hostname(),
      processStartedAt: performance.timeOrigin,
      since: new Date().toISOString(),
      folder: await identityOf(directory),
    }
    await writeFile(pathIn(directory), `${JSON.stringify(owner)}\n`)
  } catch {
    // Who is locked out will not know by whom.
  }
}

export async function removeOwner(directory: string): Promise<void> {
  await rm(pathIn(directory), { force: true }).catch(() => {})
}

export async function readOwner(directory: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(pathIn(directory), 'utf8'))
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? owner : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether this very process has it open: after a crash in a container the next process has the same
 * id, and a copy of a folder has the file of the original.
 */
export async function isThisProcess(directory: string, owner: Owner): Promise<boolean> {
  return (
    owner.pid === process.pid &&
    owner.host === hostname() &&
    // The same in all threads, and it stays so when the clock is set.
    Math.abs(owner.processStartedAt - performance.timeOrigin) < 20 &&
    owner.folder === (await identityOf(directory))
  )
}

/** False only where it is known that the process has ended. */
export function mayLive({ pid, host }: Owner): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function identityOf(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory, { bigint: true })
  return `${dev}:${ino}`
}

function pathIn(directory: string): string {
  return join(directory, 'owner.json')
}
