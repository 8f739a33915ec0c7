import type { Uploader } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import type { SimFileName } from './sabotage.ts'

/** The app as it runs now: both are undefined while it does not, the uploader also while it starts. */
export interface RunningApp {
  client: ClientProcess | undefined
  uploader: Uploader<SimFileName> | undefined
}
