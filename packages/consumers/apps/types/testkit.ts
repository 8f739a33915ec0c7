// What tests write against the testkit. msw wants the DOM's types.
import { transportConformance } from '@s3-bg-uploader/testkit'
import type { BackendEndpoints } from '@s3-bg-uploader/testkit/conformance/backend'
import { mockBackend } from '@s3-bg-uploader/testkit/msw'
import { nodePutServer } from '@s3-bg-uploader/testkit/node'
import { simulate } from '@s3-bg-uploader/testkit/sim'
import { memoryStorage } from '@s3-bg-uploader/testkit/storage'

export const endpoints: BackendEndpoints | undefined = undefined
export const kit = [transportConformance, mockBackend, nodePutServer, simulate, memoryStorage]
