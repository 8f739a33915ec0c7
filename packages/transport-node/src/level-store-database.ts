import { UploadError } from '@s3-bg-uploader/core'
import type { ClassicLevel } from 'classic-level'

export type Level = ClassicLevel<string, string>

/** Loads the native module: only programs that keep a journal need it. */
export async function loadLevel(): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel
  } catch (cause) {
    const system = `${process.platform} ${process.arch}`
    throw new UploadError('store_failed', `classic-level could not be loaded on ${system}`, {
      cause,
      hint: 'Its package brings binaries for the usual systems; elsewhere its install script must be allowed to compile it.',
    })
  }
}

/** Opens the database in a folder. */
export async function openLevel(folder: string, createIfMissing: boolean): Promise<Level> {
  const Level = await loadLevel()
  // Not compressed and in small blocks, so that damage costs few records and can be read around.
  const level = new Level(folder, { compression: false, blockSize: 1024, createIfMissing })
  await level.open()
  return level
}

/** All records. */
export function readRecords(level: Level): Promise<[key: string, value: string][]> {
  return level.iterator({ fillCache: false, highWaterMarkBytes: 1024 * 1024 }).all()
}

/** Closes what may have failed already: there is nothing that could be done about another error. */
export async function closeQuietly(level: Level): Promise<void> {
  await level.close().catch(() => {})
}
