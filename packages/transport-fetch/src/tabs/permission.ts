import type { UploadSnapshot } from '@s3-bg-uploader/core'
import type { PermissionHandle } from '../permission.ts'

type Handle = Required<Pick<PermissionHandle, 'requestPermission'>>

/** The handles that these uploads wait for the user to permit. */
export function handlesToPermit(snapshots: readonly UploadSnapshot[]): Handle[] {
  return snapshots.flatMap(({ waitingFor }) => {
    const { code, cause } = waitingFor?.error ?? {}
    return code === 'permission_needed' && isHandle(cause) ? [cause] : []
  })
}

/**
 * Asks the user, who has just clicked in this tab: in another one the browser would not ask. What
 * the user permits holds for all tabs.
 */
export async function askForPermission(handles: readonly Handle[]): Promise<void> {
  await Promise.allSettled(handles.map((handle) => handle.requestPermission({ mode: 'read' })))
}

function isHandle(cause: unknown): cause is Handle {
  return cause instanceof Object && 'requestPermission' in cause
}
