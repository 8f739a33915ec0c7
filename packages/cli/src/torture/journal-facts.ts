import { levelStore } from '@s3-bg-uploader/transport-node'

/** What a journal knows of the files. */
export interface JournalFacts {
  /** The names of all files that have an upload. */
  readonly files: ReadonlySet<string>
  /** Keys of the objects that are complete, by the names of their files. */
  readonly completed: ReadonlyMap<string, string>
  /** The parts whose ETag is safe, as `name part 1`. */
  readonly parts: ReadonlySet<string>
  readonly problems: readonly string[]
}

/** Reads the journal as it is on disk. Its process must have ended. */
export async function readJournalFacts(dir: string): Promise<JournalFacts> {
  const problems: string[] = []
  const store = levelStore(dir, { onProblem: ({ message }) => problems.push(message) })
  const records = await store.read()
  await store.close()
  const uploads = new Map(
    records
      .filter(([key]) => key.startsWith('u/'))
      .map(([key, value]) => [key.slice(2), JSON.parse(value)]),
  )
  const parts = new Set<string>()
  for (const [key] of records) {
    const [, id = '', generation, part] = /^p\/([^/]+)\/(\d+)\/(\d+)$/.exec(key) ?? []
    const upload = uploads.get(id)
    if (upload?.multipart !== undefined && upload.generation === Number(generation)) {
      parts.add(`${upload.name} part ${part}`)
    }
  }
  const completed = new Map<string, string>()
  for (const { name, outcome, key } of uploads.values()) {
    if (outcome === 'completed') completed.set(name, key)
  }
  const files = new Set([...uploads.values()].map(({ name }) => name))
  return { files, completed, parts, problems }
}
