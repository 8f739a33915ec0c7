import type { Store } from '../ports.ts'

/** A journal in memory: survives a closed uploader, but not the process. */
export function memoryStore(): Store {
  const records = new Map<string, string>()
  return {
    read: async () => [...records],
    async write(batch) {
      for (const { key, value } of batch) {
        if (value === undefined) records.delete(key)
        else records.set(key, value)
      }
    },
    close: async () => {},
  }
}
