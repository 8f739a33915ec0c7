import http from 'node:http'
import type { PutRequest, PutResponse } from '@s3-bg-uploader/core'
import type { Faults } from './faults.ts'

const PIECE_BYTES = 64 * 1024
const KEPT_BYTES = 4096

/** PUTs over node:http, as plainly as the contract allows. */
export class HttpPut {
  readonly #agent = new http.Agent({ keepAlive: true })
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  close(): void {
    this.#agent.destroy()
  }

  async put(
    request: PutRequest,
    bytesAt: (start: number, end: number) => Uint8Array,
  ): Promise<PutResponse> {
    const { ignores, does, answer, error: replace } = this.#faults
    if (!ignores?.includes('abort before')) request.signal.throwIfAborted()
    try {
      let response = await this.#exchange(request, bytesAt)
      if (does?.includes('send twice')) response = await this.#exchange(request, bytesAt)
      const { location } = response.headers
      if (does?.includes('follow redirects') && location !== undefined) {
        return await this.put({ ...request, url: location }, bytesAt)
      }
      return answer?.(response) ?? response
    } catch (error) {
      throw replace?.(error, request.url) ?? error
    }
  }

  #exchange(
    { url, range, signal, onProgress }: PutRequest,
    bytesAt: (start: number, end: number) => Uint8Array,
  ): Promise<PutResponse> {
    const { faults, agent } = { faults: this.#faults, agent: this.#agent }
    const length = range.end - range.start
    const [, origin = '', host = '', port = ''] = /^(http:\/\/([^:/]+):(\d+))/.exec(url) ?? []
    const path = (faults.url?.(url) ?? url).slice(origin.length)
    const headers = { host: `${host}:${port}`, 'content-length': String(length) }
    return new Promise((resolve, reject) => {
      const request = http.request({
        agent,
        host,
        port,
        path,
        method: 'PUT',
        headers: { ...(faults.headers?.(headers) ?? headers) },
      })
      let over = false
      const fail = (error: unknown): void => {
        over = true
        signal.removeEventListener('abort', abort)
        reject(error)
        request.destroy()
      }
      const abort = (): void => fail(signal.reason)
      if (!faults.ignores?.includes('abort')) signal.addEventListener('abort', abort)
      if (faults.does?.includes('time out')) {
        setTimeout(() => fail(new Error('It takes too long')), 1)
      }
      request.on('error', fail)
      request.on('response', (message) => {
        const kept: Buffer[] = []
        let total = 0
        const done = (): void => {
          signal.removeEventListener('abort', abort)
          const status = message.statusCode ?? 0
          const body = Buffer.concat(kept)
          const whole = faults.does?.includes('read whole answers')
          const text = (whole ? body : body.subarray(0, KEPT_BYTES)).toString()
          const given = message.headers as Record<string, string>
          const success = status >= 200 && status < 300
          resolve({ status, headers: { ...given }, ...(success ? {} : { body: text }) })
        }
        message.on('data', (chunk: Buffer) => {
          total += chunk.length
          kept.push(chunk)
          if (total <= KEPT_BYTES || faults.does?.includes('read whole answers')) return
          done()
          request.destroy()
        })
        message.on('error', done)
        message.on('end', done)
      })
      const tell = (sent: number): void => {
        onProgress(faults.progress?.(sent, length, range.start) ?? sent)
      }
      const send = (at: number): void => {
        const next = Math.min(range.end, at + PIECE_BYTES)
        if (at >= range.end) {
          request.end()
          return
        }
        try {
          request.write(bytesAt(at, next), (error) => {
            if (error || over) return
            tell(next - range.start)
            send(next)
          })
        } catch (error) {
          fail(error)
        }
      }
      send(range.start)
    })
  }
}
