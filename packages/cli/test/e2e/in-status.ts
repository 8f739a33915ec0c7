import type { Store, Upload, Uploader, UploadStatus } from '@s3-bg-uploader/core'
import { answer, Gate } from './faults.ts'
import type { Route } from './faulty-server.ts'
import { HeldHasher } from './held-hasher.ts'
import { reach, type Stack, startStack } from './stack.ts'
import { SwitchedNetwork } from './switched-network.ts'

/** Four parts, the last one shorter. */
export const SIZE = 3500

/** An upload that stays in one status. */
export interface Held {
  readonly stack: Stack
  readonly uploader: Uploader<string | URL>
  readonly upload: Upload
  readonly network: SwitchedNetwork
  /** Ends what holds it there. */
  release(): void
}

/** Brings an upload into a status and holds it there. While uploading, three parts are confirmed. */
export async function inStatus(
  status: Exclude<UploadStatus, 'cancelled'>,
  options: { readonly store?: Store; readonly canAbort?: boolean } = {},
): Promise<Held> {
  const { store, canAbort = true } = options
  const stack = await startStack()
  const { server } = stack
  const gate = new Gate()
  const hasher = new HeldHasher()
  const network = new SwitchedNetwork(status !== 'queued')
  const heldAt: Partial<Record<UploadStatus, Route>> = {
    starting: 'start',
    uploading: 'put',
    paused: 'put',
    completing: 'complete',
  }
  const route = heldAt[status]
  if (route !== undefined) server.fail(route, gate.hold, route === 'put' ? { part: 2 } : {})
  if (status === 'failed') server.fail('put', answer(400), { part: 2 })
  const uploader = await stack.open({
    config: canAbort ? { abortApi: stack.abortApi } : {},
    platform: { network, ...(status === 'hashing' ? { hasher } : {}) },
    ...(store === undefined ? {} : { store }),
    // One part at a time, so that none is still on its way to the server after the failure.
    ...(status === 'failed' ? { concurrency: 1 } : {}),
  })
  const upload = await stack.start(uploader, SIZE)
  const held: Held = {
    stack,
    uploader,
    upload,
    network,
    release() {
      gate.open()
      hasher.open()
      network.switch(true)
    },
  }
  if (route !== undefined) await server.until(() => gate.held === 1)
  if (route === 'put') await reach(upload, ({ confirmedParts }) => confirmedParts === 3)
  if (status === 'hashing') await hasher.reached
  if (status === 'paused') upload.pause()
  if (status === 'completed') await upload.done
  await reach(upload, (snapshot) => snapshot.status === status)
  return held
}
