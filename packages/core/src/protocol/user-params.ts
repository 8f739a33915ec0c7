import { UploadError } from '../errors.ts'
import { isPlainObject } from './plain-object.ts'

const CONTRACT_NAMES = ['fileName', 'fileHash', 'fileSize']

/** Deeper than any real parameters, shallow enough for every JSON parser's stack. */
const DEEPEST = 64

/**
 * Checks that `userParams` is a plain JSON object that survives the journal and the wire unchanged
 * and leaves the contract's own fields alone (contract §2). Undefined stands for none.
 *
 * @throws UploadError `user_params_invalid`, naming the entry but not its value.
 */
export function checkUserParams(userParams: unknown): void {
  if (userParams === undefined) return
  if (!isPlainObject(userParams)) throw invalid('userParams must be a plain object')
  for (const name of CONTRACT_NAMES)
    if (Object.hasOwn(userParams, name))
      throw invalid(`userParams.${name} would replace a field of the contract`)
  checkJson(userParams, 'userParams', [])
}

function checkJson(value: unknown, path: string, ancestors: readonly object[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(`${path} is ${value}, which JSON cannot hold`)
    return
  }
  if (typeof value !== 'object') throw invalid(`${path} is ${typeof value}, which JSON cannot hold`)
  if (ancestors.includes(value)) throw invalid(`${path} contains itself`)
  if (ancestors.length >= DEEPEST) throw invalid(`${path} is nested too deeply`)
  const inside = [...ancestors, value]
  if (Array.isArray(value)) {
    // By index, since forEach and entries of Object skip the holes that JSON turns into null.
    for (let index = 0; index < value.length; index += 1)
      checkJson(value[index], `${path}[${index}]`, inside)
    return
  }
  if (!isPlainObject(value)) throw invalid(`${path} is not a plain object`)
  for (const [name, entry] of Object.entries(value)) {
    // Backends that copy entries one by one would set the prototype of their object.
    if (name === '__proto__') throw invalid(`${path} must not have an entry named __proto__`)
    checkJson(entry, `${path}.${name}`, inside)
  }
}

function invalid(message: string): UploadError {
  return new UploadError('user_params_invalid', message)
}
