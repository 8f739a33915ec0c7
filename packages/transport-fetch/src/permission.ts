/** What Chromium adds to handles of files that the user chose; type libraries do not know it. */
export interface PermissionHandle extends FileSystemFileHandle {
  queryPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
  requestPermission?(descriptor: { readonly mode: 'read' }): Promise<PermissionState>
}

/**
 * Asks the user for a handle that was kept over a reload, if the browser wants that and allows it:
 * only while the user does something on the page. What the answer was, `getFile` tells.
 */
export async function askToRead(handle: PermissionHandle): Promise<void> {
  if ((await handle.queryPermission?.({ mode: 'read' })) !== 'prompt') return
  // Workers have no userActivation, and may not ask.
  if (globalThis.navigator?.userActivation?.isActive)
    await handle.requestPermission?.({ mode: 'read' })
}
