import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { slowly } from './slowly.ts'
import type { Attempt, Sighting } from './transcript.ts'
import { urlLifeLeft } from './url-life.ts'

/** Stands between client and backend, passes everything on and keeps a transcript. */
export class Witness {
  readonly attempts: Attempt[] = []
  readonly counts: Record<'start' | 'urls' | 'complete' | 'list-parts' | 'abort', number> = {
    start: 0,
    urls: 0,
    complete: 0,
    'list-parts': 0,
    abort: 0,
  }
  /** Uploads that the backend created, by the file they are of. */
  readonly uploadIds: Map<string, string> = new Map()
  run = 0
  /** How many URLs were asked for. */
  signed = 0
  /** Bytes a second at which a part passes; in this way a fast network becomes a slow one. */
  paceOf: (part: number) => number = () => Number.POSITIVE_INFINITY
  /** How many more parts pass; those after them wait for the client to go away. */
  quota: number = Number.POSITIVE_INFINITY
  /** Called before anything goes on. */
  onSighting: (sighting: Sighting) => void = () => {}
  #answers = 0
  readonly #backendPort: () => number | undefined
  readonly #agent: Agent = new Agent({ keepAlive: true })
  readonly #open: Set<Attempt> = new Set()
  readonly #server: Server = createServer((incoming, response) => {
    // Whoever was killed in the middle breaks off; that is what this is about.
    this.#serve(incoming, response).catch(() => response.destroy())
  })

  constructor(backendPort: () => number | undefined) {
    this.#backendPort = backendPort
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Resolves when no client is connected any more: nothing that it sent is still to be seen. */
  async quiet(): Promise<void> {
    const connections = (): Promise<number> =>
      new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)))
    while ((await connections()) > 0) await sleep(2)
  }

  /** What is under way now may be sent again, through no fault of the client. */
  backendKilled(): void {
    for (const attempt of this.#open) attempt.backendKilled = true
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    incoming.on('error', () => {})
    response.on('error', () => {})
    const [, name = '', uploadId = '', part = ''] = (incoming.url ?? '').split(/[/?]/)
    if (name === 'parts') await this.#passPart(incoming, response, uploadId, Number(part))
    else await this.#passCall(incoming, response, name as keyof Witness['counts'])
  }

  async #passPart(
    incoming: IncomingMessage,
    response: ServerResponse,
    uploadId: string,
    part: number,
  ): Promise<void> {
    const attempt: Attempt = {
      file: this.uploadIds.get(uploadId) ?? uploadId,
      part,
      run: this.run,
      urlLeftMs: urlLifeLeft(incoming.url ?? ''),
      bytes: 0,
      status: undefined,
      answered: undefined,
      backendKilled: this.#backendPort() === undefined,
    }
    this.attempts.push(attempt)
    this.#open.add(attempt)
    response.on('close', () => this.#open.delete(attempt))
    this.onSighting('partAsked')
    this.quota -= 1
    if (this.quota < 0) {
      this.onSighting('partHeld')
      // A network that carries nothing any more. Reading on lets the end of the client be noticed.
      incoming.resume()
      return
    }
    const count = (chunk: Buffer): void => {
      attempt.bytes += chunk.length
      this.onSighting('partMoved')
    }
    const answer = await this.#forward(incoming, count, this.paceOf(part))
    const body = await bytesOf(answer)
    attempt.status = answer.statusCode
    this.onSighting('partTaken')
    // A kill at this sighting comes before the answer.
    await setImmediate()
    response.on('finish', () => {
      if (answer.statusCode === 200) attempt.answered = this.#answers++
      this.onSighting('partAnswered')
    })
    this.#answer(response, answer, body)
  }

  async #passCall(
    incoming: IncomingMessage,
    response: ServerResponse,
    name: keyof Witness['counts'],
  ): Promise<void> {
    this.counts[name] += 1
    const asked: Buffer[] = []
    if (name === 'start') this.onSighting('startAsked')
    if (name === 'complete') this.onSighting('completeAsked')
    const answer = await this.#forward(incoming, (chunk) => asked.push(chunk))
    const body = await bytesOf(answer)
    if (name === 'urls') this.signed += JSON.parse(Buffer.concat(asked).toString()).parts.length
    if (name === 'start' && answer.statusCode === 200) {
      const { fileName } = JSON.parse(Buffer.concat(asked).toString())
      this.uploadIds.set(JSON.parse(body.toString()).uploadId, fileName)
    }
    if (name === 'complete') this.onSighting('completeTaken')
    await setImmediate()
    const after = {
      start: 'startAnswered',
      urls: 'urlsAnswered',
      complete: 'completeAnswered',
      'list-parts': 'listAnswered',
      abort: undefined,
    } as const
    const sighting = after[name]
    response.on('finish', () => {
      if (sighting !== undefined) this.onSighting(sighting)
    })
    this.#answer(response, answer, body)
  }

  #forward(
    incoming: IncomingMessage,
    onChunk: (chunk: Buffer) => void,
    pace: number = Number.POSITIVE_INFINITY,
  ): Promise<IncomingMessage> {
    const port = this.#backendPort()
    if (port === undefined) throw new Error('The backend is down')
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      })
      outgoing.on('response', resolve)
      outgoing.on('error', reject)
      incoming.on('close', () => {
        // The client broke off, so the backend must not take what came so far for all.
        if (!incoming.complete) outgoing.destroy(new Error('The client broke off'))
      })
      incoming.on('data', onChunk)
      // Whether a URL has expired is for the moment to decide at which the request came.
      outgoing.flushHeaders()
      if (pace === Number.POSITIVE_INFINITY) incoming.pipe(outgoing)
      else incoming.pipe(slowly(pace)).pipe(outgoing)
    })
  }

  #answer(response: ServerResponse, answer: IncomingMessage, body: Buffer): void {
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers } = answer.headers
    response.writeHead(answer.statusCode ?? 500, {
      ...headers,
      ...(answer.statusCode === 204 ? {} : { 'content-length': body.length }),
    })
    response.end(body)
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}
