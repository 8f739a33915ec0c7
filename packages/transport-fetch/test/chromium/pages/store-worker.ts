import { isUploadError } from '@s3-bg-uploader/core'
import { indexedDbStore } from '../../../src/index.ts'
import type { StoreAnswer, StoreCall } from './store-calls.ts'

// One tab, as far as the journal can tell: it can be killed without a word.
const store = indexedDbStore({ name: self.name, onProblem: () => {} })

async function answer(call: StoreCall): Promise<StoreAnswer> {
  try {
    switch (call.method) {
      case 'read':
        return { id: call.id, value: await store.read() }
      case 'write':
        return { id: call.id, value: await store.write(call.batch) }
      case 'close':
        return { id: call.id, value: await store.close() }
    }
  } catch (error) {
    if (!isUploadError(error)) return { id: call.id, unexpected: String(error) }
    const { code, message, hint, retryable } = error
    return { id: call.id, error: { code, message, hint, retryable } }
  }
}

addEventListener('message', ({ data }: MessageEvent<StoreCall>) => {
  void answer(data).then((answered) => postMessage(answered))
})
