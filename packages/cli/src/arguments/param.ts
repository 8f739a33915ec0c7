import type { Json } from '@s3-bg-uploader/core'
import { UsageError } from '../usage-error.ts'

const RESERVED = new Set(['fileName', 'fileHash', 'fileSize'])
const HINT = "Write a string as --param albumId=42 and any other JSON as --param 'tags:=[1,2]'."

/** Reads `name=text` and `name:=json` pairs, which become userParams. */
export function parseParams(values: readonly string[]): { readonly [name: string]: Json } {
  const params = new Map<string, Json>()
  for (const text of values) {
    const equals = text.indexOf('=')
    const isJson = equals > 0 && text[equals - 1] === ':'
    const name = text.slice(0, Math.max(isJson ? equals - 1 : equals, 0))
    if (name === '') throw new UsageError('--param takes a name and a value', HINT)
    if (RESERVED.has(name)) {
      throw new UsageError(
        `--param ${name} is a name of the contract, which the upload itself sets`,
      )
    }
    if (params.has(name)) throw new UsageError(`--param ${name} is given twice`)
    const value = text.slice(equals + 1)
    params.set(name, isJson ? parseJson(name, value) : value)
  }
  return Object.fromEntries(params)
}

function parseJson(name: string, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new UsageError(`--param ${name} has a value that is not JSON`, HINT)
  }
}
