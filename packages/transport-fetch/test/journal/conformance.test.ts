import 'fake-indexeddb/auto'
import { storeConformance } from '@s3-bg-uploader/testkit'
import { describe, it } from 'vitest'
import { journalPlace } from './journal-place.ts'

storeConformance({
  describe,
  it,
  create: async () => journalPlace(),
  capabilities: { exclusive: true, closes: true, crash: true, corrupt: true },
})
