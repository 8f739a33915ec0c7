import { type ForegroundTransport, type Json, UploadError } from '@s3-bg-uploader/core'

/** What may be wrong with it. */
export type KeepingFault =
  | 'keeps what is released'
  | 'keeps what is not retained'
  | 'frees everything at the start'
  | 'frees what was opened since'
  | 'keeps one file for all who open it'
  | 'throws for what it does not keep'
  | 'releases what is opened again'

/** Paths by the id under which they are kept: shared by all transports of a test. */
export type Kept = Map<string, string>

let opened = 0

/** Keeps every file that another transport opens, under an id of its own. */
export function keepingTransport(
  inner: ForegroundTransport<string>,
  kept: Kept,
  fault?: KeepingFault,
): ForegroundTransport<string> {
  const free = (id: string): void => {
    const found = kept.delete(id)
    if (!found && fault === 'throws for what it does not keep') throw new Error(`No ${id}`)
  }
  return {
    ...inner,
    async open(path) {
      const source = await inner.open(path)
      opened += 1
      const id = fault === 'keeps one file for all who open it' ? path : `${path}#${opened}`
      kept.set(id, path)
      return withRef(source, id)
    },
    async reopen(ref) {
      const path = kept.get(String(ref))
      if (path === undefined) throw new UploadError('file_not_found', 'It is not kept')
      if (fault === 'releases what is opened again') kept.delete(String(ref))
      return withRef(await inner.open(path), ref)
    },
    async release(ref) {
      if (fault !== 'keeps what is released') free(String(ref))
    },
    async retain(refs) {
      if (fault === 'keeps what is not retained') return
      if (fault === 'frees what was opened since') {
        await new Promise((resolve) => setImmediate(resolve))
      }
      const needed = fault === 'frees everything at the start' ? [] : refs
      for (const id of [...kept.keys()]) if (!needed.includes(id)) free(id)
    },
  }
}

function withRef<T extends object>(source: T, ref: Json): T {
  return Object.assign(source, { ref })
}
