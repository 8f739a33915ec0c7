import { UploadError } from '@s3-bg-uploader/core'

/** What Chromium adds to handles of files that the user chose; type libraries do not know it. */
interface PermissionHandle extends FileSystemFileHandle {
  queryPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
  requestPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
}

/**
 * Sees to it that a handle may be read. A handle that was kept over a reload has to ask the user
 * again, and browsers let it ask only while the user does something on the page.
 *
 * @throws UploadError `permission_needed` when the user has to, or did not, permit it.
 */
export async function permit(handle: PermissionHandle): Promise<void> {
  let state = await handle.queryPermission?.({ mode: 'read' })
  // Workers have no userActivation, and may not ask.
  if (state === 'prompt' && globalThis.navigator?.userActivation?.isActive) {
    state = await handle.requestPermission?.({ mode: 'read' })
  }
  if (state === undefined || state === 'granted') return
  const message =
    state === 'denied'
      ? `The user did not permit to read ${handle.name}`
      : `${handle.name} may be read once the user permits it again`
  throw new UploadError('permission_needed', message)
}
