import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBatch, readLog } from './level-store-log.ts'
import { readManifest } from './level-store-manifest.ts'
import { readBlock, readTable } from './level-store-table.ts'
import type { Version } from './level-store-version.ts'

/** The folder holds a database that is not whole. */
export class DamagedDatabase extends Error {
  override readonly name = 'DamagedDatabase'
}

/** Whether the folder holds no database yet. */
export async function isVacant(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return !names.includes('CURRENT') && !names.some((name) => numberOf(name) !== undefined)
}

/**
 * Checks everything in a database before LevelDB opens it, because this LevelDB does not: it does
 * not verify the checksums of its tables, so a flipped bit in one loses records in silence or ends
 * the whole process; and one whose CURRENT is lost it takes for a new one, and deletes all files.
 *
 * @throws DamagedDatabase
 */
export async function checkDatabase(folder: string): Promise<void> {
  const names = await readdir(folder)
  const current = names.includes('CURRENT') ? await readFile(join(folder, 'CURRENT'), 'utf8') : ''
  const manifest = /^(MANIFEST-\d+)\n$/.exec(current)?.[1]
  if (manifest === undefined || !names.includes(manifest)) {
    throw new DamagedDatabase('CURRENT does not name a file that exists')
  }
  const changes = readLog(await readFile(join(folder, manifest)))
  if (changes.damagedBytes > 0) throw new DamagedDatabase(`${manifest} is damaged`)
  const { tables, oldestLog } = readManifest(changes.records)
  // LevelDB would begin without it. It is made before it is named, so no crash explains its absence.
  if (
    oldestLog > 0 &&
    !names.some((name) => name.endsWith('.log') && numberOf(name) === oldestLog)
  ) {
    throw new DamagedDatabase(`The log that ${manifest} names is missing`)
  }
  for (const name of names) {
    const number = numberOf(name)
    if (number === undefined) continue
    if (name.endsWith('.log')) {
      if (number < oldestLog) continue
      const { damagedBytes } = readLog(await readFile(join(folder, name)))
      if (damagedBytes > 0) throw new DamagedDatabase(`${name} has ${damagedBytes} damaged bytes`)
    } else if (tables.has(number)) {
      const { damagedBlocks } = readTable(await readFile(join(folder, name)))
      if (damagedBlocks > 0)
        throw new DamagedDatabase(`${name} has ${damagedBlocks} damaged blocks`)
    }
  }
}

/** Every record that can still be read, whatever the database says about its files. */
export async function salvageRecords(folder: string): Promise<Map<string, string>> {
  const newest = new Map<string, Version>()
  const take = (version: Version): void => {
    const known = newest.get(version.key)
    if (known === undefined || known.sequence < version.sequence) newest.set(version.key, version)
  }
  for (const name of await readdir(folder)) {
    if (numberOf(name) === undefined) continue
    const file = await readFile(join(folder, name))
    if (name.endsWith('.log')) readLog(file).records.flatMap(readBatch).forEach(take)
    else readTable(file).blocks.flatMap(readBlock).forEach(take)
  }
  const records = new Map<string, string>()
  for (const { key, value } of newest.values()) if (value !== undefined) records.set(key, value)
  return records
}

/** The number of a file that holds records. */
function numberOf(name: string): number | undefined {
  const number = /^(\d+)\.(?:log|ldb|sst)$/.exec(name)?.[1]
  return number === undefined ? undefined : Number(number)
}
