import { createUploader, isUploadError } from '@s3-bg-uploader/core'
import { ClientProcess } from './client-process.ts'
import type { Device } from './device.ts'
import { checkError } from './error-rules.ts'
import type { Sabotage } from './sabotage.ts'
import type { World } from './world.ts'

/** The app is started once more while it runs: it must be told so, and leave everything alone. */
export function startSecondProcess(
  world: World,
  device: Device,
  name: string,
  sabotage: Sabotage,
): void {
  const { store } = device
  const first = store.holder
  if (first === undefined) return
  const second = new ClientProcess(world, name)
  world.note('user', () => `starts ${name} beside ${first.name}`)
  createUploader({
    ...sabotage(device.portsFor(second)),
    onProblem: (error) => checkError(world, error, `${name} problem`),
  }).then(
    () => {
      const why = `${name} was let in although ${first.name} has the journal`
      world.violate('9 one at a time', why)
    },
    (error: unknown) => {
      checkError(world, error, name)
      if (!isUploadError(error) || error.code !== 'store_locked') {
        world.violate('9 one at a time', `${name} is not told that the journal is in use`)
      }
      world.reach('store_locked')
      second.die()
    },
  )
}
