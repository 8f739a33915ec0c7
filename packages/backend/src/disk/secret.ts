import { randomBytes } from 'node:crypto'
import { readIfPresent } from './read-if-present.ts'
import { writeAtomically } from './write-atomically.ts'

/** The secret kept at `path`, made on first use: URLs stay valid over a restart. */
export async function loadSecret(path: string): Promise<string> {
  const kept = await readIfPresent(path)
  // With an empty one, which somebody touched or a full disk left, everybody could sign.
  if (kept) return kept
  await writeAtomically(path, randomBytes(32).toString('hex'))
  // Read back: of two processes that came here at once, one has overwritten the secret of the other.
  return (await readIfPresent(path)) || loadSecret(path)
}
