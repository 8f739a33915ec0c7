import type { RequestListener } from 'node:http'
import { peerModule } from '../peer-module.ts'
import type { TrafficMeter } from './traffic-meter.ts'

interface TusUpload {
  readonly id: string
  offset: number
}

interface TusServer {
  readonly Server: new (options: object) => { readonly handle: RequestListener }
  readonly DataStore: new () => { extensions: string[] }
}

/** @tus/server with a store that forgets what it is given. */
export function tusListener(peers: string, meter: TrafficMeter): RequestListener {
  const { Server, DataStore } = peerModule<TusServer>(peers, '@tus/server')

  class DiscardStore extends DataStore {
    readonly #uploads = new Map<string, TusUpload>()
    override extensions = ['creation']

    async create(upload: TusUpload): Promise<TusUpload> {
      this.#uploads.set(upload.id, upload)
      return upload
    }

    async getUpload(id: string): Promise<TusUpload> {
      const upload = this.#uploads.get(id)
      if (upload === undefined) throw new Error(`There is no upload ${id}`)
      return upload
    }

    async write(stream: AsyncIterable<Buffer>, id: string, offset: number): Promise<number> {
      const upload = await this.getUpload(id)
      upload.offset = offset
      for await (const chunk of stream) upload.offset += chunk.length
      meter.add(upload.offset - offset)
      return upload.offset
    }
  }

  const server = new Server({ path: '/files', datastore: new DiscardStore() })
  return (request, response) => server.handle(request, response)
}
