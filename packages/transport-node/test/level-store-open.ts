import { join } from 'node:path'
import type { Store, UploadError } from '@s3-bg-uploader/core'
import { onTestFinished } from 'vitest'
import { levelStore } from '../src/index.ts'
import { temporaryFolder } from './temporary-file.ts'

/** A store that is closed after the test, in a folder of its own unless one is given. */
export async function openStore(
  directory?: string,
  now = true,
): Promise<{
  readonly directory: string
  readonly store: Store
  readonly problems: UploadError[]
}> {
  const place = directory ?? join(await temporaryFolder(), 'journal')
  const problems: UploadError[] = []
  const store = levelStore(place, { onProblem: (problem) => problems.push(problem) })
  onTestFinished(() => store.close())
  if (now) await store.read()
  return { directory: place, store, problems }
}

/** Writes records as the core does, many at a time. */
export async function write(store: Store, count: number): Promise<void> {
  for (let from = 0; from < count; from += 10_000) {
    const length = Math.min(10_000, count - from)
    await store.write(Array.from({ length }, (_, index) => recordOf(from + index)))
  }
}

export function recordOf(index: number): { readonly key: string; readonly value: string } {
  return { key: `p/0123456789abcdef/0/${index}`, value: `${index}`.padStart(32, 'e') }
}

export function sorted<T extends readonly (readonly [string, string])[]>(records: T): T[number][] {
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1))
}
