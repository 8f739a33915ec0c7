import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { onTestFinished } from 'vitest'
import { contentOf } from './pages/content.ts'

/** A file on the disk with the content that `contentOf` gives, for one test. Resolves with its path. */
export async function writeFilm(bytes: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'film-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'film.mov')
  await pipeline(Readable.from(contentOf(bytes, (noise) => noise)), createWriteStream(path))
  return path
}
