import { createReadStream, existsSync, statSync } from 'node:fs'
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import type {
  ExpoUploadOptions,
  ExpoUploadResult,
  ExpoUploadTask,
} from '../../src/expo/file-system.ts'

const PROGRESS_MS = 100

const agent = new http.Agent({ keepAlive: true })

/**
 * What is modelled of the UploadTask of expo-file-system 58.0.2 (NetworkTasks.ts,
 * FileSystemUploadTask.kt): a real PUT of a whole file, without a content type; progress at most
 * every 100 ms, and once more when all is sent and when it was answered; any status resolves, but
 * only once the body of the answer has ended; errors of the network and of the file read alike;
 * an abort rejects with an AbortError. Not modelled: that OkHttp follows redirects and opens broken
 * connections again.
 */
export class FakeUploadTask implements ExpoUploadTask {
  readonly #path: string
  readonly #url: string
  readonly #options: ExpoUploadOptions
  #state: 'idle' | 'active' | 'completed' | 'cancelled' | 'error' = 'idle'
  #request: ClientRequest | undefined
  #lastProgress = Number.NEGATIVE_INFINITY

  constructor(path: string, url: string, options: ExpoUploadOptions) {
    this.#path = path
    this.#url = url
    this.#options = options
  }

  async uploadAsync(): Promise<ExpoUploadResult> {
    if (this.#state !== 'idle') throw new Error(`Cannot call uploadAsync() in "${this.#state}"`)
    this.#state = 'active'
    const { signal, onProgress } = this.#options
    const cancel = (): void => this.#cancel()
    try {
      if (signal.aborted) throw abortError()
      signal.addEventListener('abort', cancel)
      const result = await this.#start()
      this.#state = 'completed'
      const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
      if (size > 0) onProgress({ bytesSent: size })
      return result
    } catch (error) {
      this.#state = signal.aborted ? 'cancelled' : 'error'
      throw signal.aborted ? abortError() : error
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  release(): void {
    this.#cancel()
  }

  #cancel(): void {
    if (this.#state === 'active') this.#state = 'cancelled'
    this.#request?.destroy()
  }

  async #start(): Promise<ExpoUploadResult> {
    // The native side begins in its own time.
    await new Promise(setImmediate)
    if (this.#state !== 'active') throw new Error('Unable to upload: cancelled')
    if (!existsSync(this.#path)) throw new Error('Unable to upload: File does not exist')
    const { size } = statSync(this.#path)
    try {
      const answer = await this.#exchange(size)
      let body = ''
      for await (const text of answer.setEncoding('utf8')) body += text
      const headers = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      )
      return { status: answer.statusCode ?? 0, headers, body }
    } catch (error) {
      throw new Error(`Unable to upload: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`)
    } finally {
      // Both ways: what is left of a part that was refused early is not sent any more.
      if (this.#request?.writableFinished === false) this.#request.destroy()
    }
  }

  #exchange(size: number): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-length': size }
      const put = http.request(this.#url, { method: 'PUT', headers, agent })
      this.#request = put
      put.once('response', resolve)
      put.once('error', reject)
      let sent = 0
      const counting = new Transform({
        transform: (chunk: Buffer, _, done) => {
          sent += chunk.length
          this.#tell(sent, size)
          done(undefined, chunk)
        },
      })
      const file = createReadStream(this.#path)
      file.once('error', (error) => put.destroy(error))
      put.once('close', () => file.destroy())
      file.pipe(counting).pipe(put)
    })
  }

  #tell(sent: number, size: number): void {
    if (this.#state !== 'active') return
    const now = performance.now()
    if (now - this.#lastProgress < PROGRESS_MS && sent !== size) return
    this.#lastProgress = now
    this.#options.onProgress({ bytesSent: sent })
  }
}

function abortError(): Error {
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' })
}
