import {
  type Fetch,
  type ForegroundSource,
  type ForegroundTransport,
  type Hasher,
  memoryStore,
  type Store,
  UploadError,
} from '@s3-bg-uploader/core'
import { VirtualTimers } from './virtual-timers.ts'

const PART_SIZE = 4

/** Files, a backend and a storage in memory, around drop-in uploaders that follow one another. */
export class World {
  readonly timers = new VirtualTimers()
  readonly files = new Map<string, string>()
  /** Paths of complete calls. */
  readonly completed: string[] = []
  /** Bodies of start calls. */
  readonly started: unknown[] = []
  readonly store: Store = keptStore()
  /** What a file's hash is does not matter here. */
  readonly hasher: Hasher = {
    create: async () => ({ update: () => {}, digest: () => '0123456789abcdef' }),
  }
  /** PUTs wait for this. */
  gate: Promise<void> = Promise.resolve()
  /** Status of PUTs. */
  putStatus = 200
  #uploadIds = 0

  readonly fetch: Fetch = async (url, { body }) => {
    const { pathname } = new URL(url)
    const sent = JSON.parse(body)
    const answer = (value: unknown): Awaited<ReturnType<Fetch>> => ({
      status: 200,
      headers: new Headers(),
      text: async () => JSON.stringify(value),
    })
    if (pathname === '/start/') {
      this.started.push(sent)
      this.#uploadIds += 1
      const uploadId = `id-${this.#uploadIds}`
      return answer({ key: `in/${sent.fileName}`, uploadId, partSize: PART_SIZE })
    }
    if (pathname === '/urls/') {
      const parts = sent.parts as number[]
      const urls = parts.map((part) => [part, `https://s3.test/${sent.uploadId}/${part}`])
      return answer({ urls: Object.fromEntries(urls) })
    }
    this.completed.push(pathname)
    return answer({})
  }

  transport(): ForegroundTransport<string> {
    return {
      capabilities: { progress: false, reopen: true, nativeHash: false, background: false },
      open: async (path) => this.#source(path),
      reopen: async (ref) => this.#source(String(ref)),
    }
  }

  #source(path: string): ForegroundSource {
    const content = this.files.get(path)
    if (content === undefined) throw new UploadError('file_not_found', `There is no ${path}`)
    const bytes = new TextEncoder().encode(content)
    return {
      name: path.split('/').at(-1) ?? '',
      size: bytes.length,
      lastModified: 1_700_000_000_000,
      ref: path,
      read: async ({ start, end }) => bytes.subarray(start, end),
      put: async ({ signal }) => {
        await Promise.race([this.gate, aborted(signal)])
        return { status: this.putStatus, headers: { etag: '"e"' } }
      },
      close: async () => {},
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Aborted')))
  })
}

/** One journal for uploaders that follow one another. */
function keptStore(): Store {
  const store = memoryStore()
  return { read: () => store.read(), write: (batch) => store.write(batch), close: async () => {} }
}
