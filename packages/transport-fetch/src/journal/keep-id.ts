import { randomId } from '../random-id.ts'

const ids = new WeakMap<object, string>()

/**
 * Lets this object be kept under an id of the caller's choice. A file that is handed over once more,
 * because it is not known whether the first time had come to something, is then the same file.
 */
export function keepAs(file: unknown, id: string): void {
  if (file instanceof Object) ids.set(file, id)
}

/** The id that was chosen for this object, or else a new one. */
export function keepId(file: object): string {
  return ids.get(file) ?? randomId()
}
