/** tus-js-client, which sends a file in one request; files go at once. */
import { createReadStream } from 'node:fs'
import { peerModule } from '../peer-module.ts'
import { inLanes } from './lanes.ts'
import { runTask } from './run-task.ts'

interface TusClient {
  readonly Upload: new (
    file: object,
    options: {
      readonly endpoint: string
      readonly onSuccess: () => void
      readonly onError: (error: Error) => void
    },
  ) => { start(): void }
}

const peers = (JSON.parse(process.argv[2] ?? '') as { readonly peers: string }).peers
const { Upload } = peerModule<TusClient>(peers, 'tus-js-client')

await runTask(({ origin, paths, slots }) =>
  inLanes(paths, slots, (path) => {
    const { promise, resolve, reject } = deferred()
    const endpoint = `${origin}/files`
    new Upload(createReadStream(path), { endpoint, onSuccess: resolve, onError: reject }).start()
    return promise
  }),
)

function deferred() {
  let resolve = () => {}
  let reject = (_error: Error) => {}
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}
