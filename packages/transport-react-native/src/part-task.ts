import type { PartTask, PartTaskStatus } from '@s3-bg-uploader/core'
import { readRef } from './file-ref.ts'
import { nativeError } from './native-error.ts'
import type { NativeHeader, NativeTask, NativeTaskStatus } from './native-module.ts'

/** @throws UploadError `file_not_found` when its ref makes no sense. */
export function toNativeTask({ id, url, range, ref }: PartTask): NativeTask {
  return { id, url, file: readRef(ref), start: range.start, end: range.end }
}

/** What a native status means to the core. */
export function toPartStatus(native: NativeTaskStatus): PartTaskStatus {
  const { id, status, headers = [], body } = native
  switch (native.state) {
    case 'running':
      return { id, state: 'running', sentBytes: native.sentBytes ?? 0 }
    case 'answered': {
      if (status === undefined) return broken(id, undefined, 'The answer had no status')
      const response = { status, headers: toRecord(headers) }
      return {
        id,
        state: 'answered',
        response: body === undefined ? response : { ...response, body },
      }
    }
    case 'broken':
      return broken(id, native.code, native.message ?? 'The exchange broke')
    // What is neither over nor under way has to wait, whatever it is called.
    default:
      return { id, state: 'waiting' }
  }
}

function broken(id: string, code: string | undefined, message: string): PartTaskStatus {
  return { id, state: 'broken', error: nativeError(code, message) }
}

/** A header that came several times is one list, as RFC 9110 §5.3 says. */
function toRecord(headers: readonly NativeHeader[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>()
  for (const { name, value } of headers) {
    const key = name.toLowerCase()
    const before = values.get(key)
    values.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(values)
}
