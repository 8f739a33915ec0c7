import { realpath, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UploadError } from '@s3-bg-uploader/core'
import { closeQuietly, type Level, loadLevel } from './level-store-database.ts'
import { isDamage, isLocked } from './level-store-error.ts'
import { makeFolder } from './level-store-folder.ts'
import { isThisProcess, mayLive, readOwner, removeOwner, writeOwner } from './level-store-owner.ts'

/** That nobody else has the journal open. */
export interface HeldLock {
  release(): Promise<void>
}

/**
 * The folders that this process has open, whatever copies of this module it has loaded. POSIX locks
 * do not exclude a process from itself; worse, trying in vain to lock a file again takes the lock
 * away that the process has.
 */
const HELD = Symbol.for('@s3-bg-uploader/transport-node level stores')
const registry = globalThis as { [HELD]?: Set<string> }
registry[HELD] ??= new Set()
const held: Set<string> = registry[HELD]

/**
 * Locks a folder, which is made if need be, until release or the end of the process, however it
 * ends. The lock is that of an empty LevelDB beside the records: so it is held also while the
 * records are repaired, or closed and opened again.
 *
 * @throws UploadError `store_locked`, and what LevelDB and the file system throw.
 */
export async function acquireLock(directory: string): Promise<HeldLock> {
  await makeFolder(directory)
  const place = await realpath(directory)
  if (held.has(place)) throw usedByThisProcess(directory)
  held.add(place)
  try {
    // Another thread has globals of its own.
    const owner = await readOwner(place)
    if (owner !== undefined && (await isThisProcess(place, owner)))
      throw usedByThisProcess(directory)
    const level = await openLock(join(place, 'lock')).catch(async (error: unknown) => {
      throw isLocked(error) ? await usedByAnother(directory, error) : error
    })
    await writeOwner(place)
    return {
      async release() {
        await removeOwner(place)
        await closeQuietly(level)
        held.delete(place)
      },
    }
  } catch (error) {
    held.delete(place)
    throw error
  }
}

async function openLock(folder: string): Promise<Level> {
  const Level = await loadLevel()
  const open = async (): Promise<Level> => {
    const level: Level = new Level(folder)
    await level.open()
    return level
  }
  try {
    return await open()
  } catch (error) {
    if (!isDamage(error)) throw error
    // There is nothing in it. Only the file LOCK must stay, for somebody may just have locked it.
    await rm(join(folder, 'CURRENT'), { force: true })
    return open()
  }
}

function usedByThisProcess(directory: string): UploadError {
  const message = `The journal in ${directory} is open already, in this process (${process.pid})`
  return new UploadError('store_locked', message, {
    retryable: true,
    hint: 'Use one uploader for everything, or close the first one before you create the next.',
  })
}

async function usedByAnother(directory: string, cause: unknown): Promise<UploadError> {
  const owner = await readOwner(directory)
  const known = owner !== undefined && mayLive(owner)
  const where = known && owner.host !== hostname() ? ` on ${owner.host}` : ''
  const who = known ? `process ${owner.pid}${where}, since ${owner.since}` : 'another process'
  const message = `The journal in ${directory} is in use by ${who}`
  return new UploadError('store_locked', message, { cause, retryable: true })
}
