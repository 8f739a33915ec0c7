import { errorCodes, isUploadError } from '@s3-bg-uploader/core'
import { findSecret, textOf } from './secrets.ts'
import type { World } from './world.ts'

/** Any failure that the application gets to see. */
export function checkError(world: World, error: unknown, where: string): void {
  if (!isUploadError(error)) {
    return world.violate('11 errors', `${where}: not an UploadError: ${String(error)}`)
  }
  world.note('app', () => `${where}: ${error.code}: ${error.message}`)
  if (!errorCodes.includes(error.code) || error.hint === '' || error.message === '') {
    world.violate('11 errors', `${where}: ${error.code} has no code, message or hint`)
  }
  if (error.code === 'internal') {
    world.violate('11 errors', `${where}: ${error.message}: ${textOf(error.cause)}`)
  }
  const secret = findSecret(textOf(error))
  if (secret !== undefined) world.violate('11 errors', `${where}: ${error.code} shows ${secret}`)
}
