import { createHash } from 'node:crypto'
import type { MemoryStorage } from '@s3-bg-uploader/testkit/storage'
import { contentOf } from './pages/content.ts'

/** SHA-256 of so many bytes of what `contentOf` gives. */
export function hashOfContent(bytes: number): string {
  const hash = createHash('sha256')
  for (const piece of contentOf(bytes, (noise) => noise)) hash.update(piece)
  return hash.digest('hex')
}

/** SHA-256 of the only object in a storage. */
export function hashOfObject(storage: MemoryStorage): string {
  const [key = '', ...others] = storage.objectKeys()
  const object = storage.object(key)
  if (object === undefined || others.length > 0) throw new Error('There is not one object')
  return createHash('sha256').update(object).digest('hex')
}
