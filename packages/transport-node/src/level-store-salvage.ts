import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UploadError } from '@s3-bg-uploader/core'
import { checkDatabase, isVacant, salvageRecords } from './level-store-check.ts'
import { closeQuietly, type Level, openLevel, readRecords } from './level-store-database.ts'
import { isDamage } from './level-store-error.ts'
import { makeFolder } from './level-store-folder.ts'

export interface OpenRecords {
  readonly level: Level
  readonly records: [key: string, value: string][]
}

/** Where the records are, in the folder of the journal. */
export function recordsFolder(directory: string): string {
  return join(directory, 'records')
}

/** Whether there is a journal in a folder, whole or damaged. Looking leaves no trace. */
export async function hasRecords(directory: string): Promise<boolean> {
  for (const folder of [recordsFolder(directory), salvagedFolder(directory)]) {
    if (await holdsDatabase(folder)) return true
  }
  return false
}

async function holdsDatabase(folder: string): Promise<boolean> {
  try {
    return !(await isVacant(folder))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/**
 * Opens the records and reads them. Should they be damaged, a new database takes what can still be
 * read, the old one is put aside as it is, and `report` is told.
 *
 * Only for who holds the lock.
 */
export async function openRecords(
  directory: string,
  report: (problem: UploadError) => void,
): Promise<OpenRecords> {
  const folder = recordsFolder(directory)
  await finishSalvage(directory)
  await makeFolder(folder)
  try {
    const vacant = await isVacant(folder)
    if (!vacant) await checkDatabase(folder)
    return await open(folder, vacant)
  } catch (damage) {
    if (!isDamage(damage)) throw damage
    const { aside, count } = await salvage(directory)
    const opened = await open(folder, false)
    const message = `The journal in ${directory} was damaged; ${count} records could be saved`
    const hint = `A power failure in the middle of a write does that, and then nothing is lost. Otherwise some parts are sent again, and uploads that are missing must be added again. The damaged files are kept in ${aside}.`
    report(new UploadError('record_corrupt', message, { cause: damage, hint }))
    return opened
  }
}

async function open(folder: string, createIfMissing: boolean): Promise<OpenRecords> {
  const level = await openLevel(folder, createIfMissing)
  try {
    return { level, records: await readRecords(level) }
  } catch (error) {
    await closeQuietly(level)
    throw error
  }
}

async function salvage(
  directory: string,
): Promise<{ readonly aside: string; readonly count: number }> {
  const folder = recordsFolder(directory)
  const records = await salvageRecords(folder)
  const fresh = salvagedFolder(directory)
  await rm(fresh, { recursive: true, force: true })
  await makeFolder(fresh)
  const level = await openLevel(fresh, true)
  try {
    const operations = [...records].map(([key, value]) => ({ type: 'put' as const, key, value }))
    await level.batch(operations, { sync: true })
  } finally {
    await closeQuietly(level)
  }
  const aside = `${folder}.damaged-${new Date().toISOString().replaceAll(/\W/g, '')}`
  await rename(folder, aside)
  await finishSalvage(directory)
  return { aside, count: records.size }
}

/** The old records make way only when the new ones are complete: so a crash there does no harm. */
async function finishSalvage(directory: string): Promise<void> {
  const names = await readdir(directory)
  if (!names.includes('records') && names.includes('records.salvaged')) {
    await rename(salvagedFolder(directory), recordsFolder(directory))
  }
}

function salvagedFolder(directory: string): string {
  return join(directory, 'records.salvaged')
}
