import type { StoreChange } from '@s3-bg-uploader/core'
import { findSecret } from './secrets.ts'
import type { World } from './world.ts'

/** DESIGN §9: bytes of the journal for one confirmed part. */
const PART_RECORD_BYTES = 200

/** What is written to the journal holds no secret, and is small for each part. */
export function checkRecords(world: World, batch: readonly StoreChange[]): void {
  for (const { key, value } of batch) {
    if (findSecret(`${key} ${value}`) !== undefined) {
      world.violate('11 errors', `the journal record ${key} holds a secret`)
    }
    if (key.startsWith('p/') && key.length + (value?.length ?? 0) > PART_RECORD_BYTES) {
      world.violate('7 bounds', `the part record ${key} is too large`)
    }
  }
}
