import type { ChosenFile, KeptFiles } from '../../../src/index.ts'

/** Keeps files as long as the page lives. */
export function memoryFiles(): KeptFiles {
  const kept = new Map<string, ChosenFile>()
  let count = 0
  return {
    async keep(file) {
      const id = String(++count)
      kept.set(id, file)
      return id
    },
    take: async (id) => kept.get(id),
    async release(id) {
      kept.delete(id)
    },
    async retain(ids) {
      for (const id of kept.keys()) if (!ids.includes(id)) kept.delete(id)
    },
  }
}
