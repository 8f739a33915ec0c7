import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ReceivedPut, Stage } from '../conformance/put-server.ts'

const closes = new WeakMap<Socket, Promise<void>>()

/** One listener a connection, however many requests come over it. */
function closeOf(socket: Socket): Promise<void> {
  const known = closes.get(socket)
  if (known !== undefined) return known
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  closes.set(socket, closed)
  return closed
}

/** One request and its connection. */
export class Exchange {
  readonly response: ServerResponse
  readonly socket: Socket
  readonly stages: Readonly<Record<Stage, Promise<void>>>
  readonly #request: IncomingMessage
  readonly #chunks: Buffer[] = []
  #bodyBytes = 0
  #answered = false

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.response = response
    // Kept here, since a request forgets its socket when that is gone.
    this.socket = request.socket
    this.stages = {
      headers: Promise.resolve(),
      body: new Promise((resolve) => request.once('end', resolve)),
      closed: closeOf(this.socket),
    }
    response.once('finish', () => {
      this.#answered = true
    })
  }

  /** Begins to read the body; calls back with the number of bytes after each piece. */
  read(onPiece: (bodyBytes: number) => void = () => {}): void {
    this.#request.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#bodyBytes += chunk.length
      onPiece(this.#bodyBytes)
    })
  }

  /** Reads whatever is still to come: a connection that nobody reads from does not tell its end. */
  drain(): void {
    this.#request.resume()
  }

  /** Stops to read; what is on its way stays there. */
  pause(): void {
    this.#request.pause()
  }

  received(): ReceivedPut {
    const { method = '', url = '', rawHeaders, complete } = this.#request
    const headers: [string, string][] = []
    for (let at = 0; at < rawHeaders.length; at += 2) {
      headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
    }
    return { method, target: url, headers, bodyBytes: this.#bodyBytes, complete }
  }

  body(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** Ends the connection, unless the exchange is over and the connection another one's. */
  end(): void {
    this.#chunks.length = 0
    if (!this.#answered) this.socket.destroy()
  }
}
