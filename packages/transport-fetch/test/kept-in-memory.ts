import type { ChosenFile, KeptFiles } from '../src/index.ts'

/** Keeps files as long as the test lives. */
export class KeptInMemory implements KeptFiles {
  readonly files: Map<string, ChosenFile> = new Map()
  /** False: there is no space left. */
  hasSpace = true
  #count = 0

  async keep(file: ChosenFile): Promise<string | undefined> {
    if (!this.hasSpace) return undefined
    const id = `file ${++this.#count}`
    this.files.set(id, file)
    return id
  }

  async take(id: string): Promise<ChosenFile | undefined> {
    return this.files.get(id)
  }

  async release(id: string): Promise<void> {
    this.files.delete(id)
  }

  async retain(ids: readonly string[]): Promise<void> {
    for (const id of this.files.keys()) if (!ids.includes(id)) this.files.delete(id)
  }
}
